# cmake -D PROGRAM=… -D LABEL=… -D FIXTURE=… -D OUT=… -P suites_as_tests.cmake: writes OUT, which ctest includes, with a
# test for each suite of the googletest program. Thousands of processes, one for each case, would take longer than the cases.
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[A-Za-z0-9_/]+\\.( |\n)" suites "${listed}")
set(tests "")
foreach(suite ${suites})
  string(REGEX REPLACE "\\..*" "" suite "${suite}")
  string(APPEND tests "add_test([=[${suite}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${suite}.*]=])\n"
    "set_tests_properties([=[${suite}]=] PROPERTIES LABELS ${LABEL} TIMEOUT 600"
    " FIXTURES_REQUIRED [=[${FIXTURE}]=])\n")
endforeach()
file(WRITE ${OUT} "${tests}")
