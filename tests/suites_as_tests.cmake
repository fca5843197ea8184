# cmake -DPROGRAM=… -DLABEL=… -DTHREADED=… -DFIXTURE=… -DOUT=… -P suites_as_tests.cmake: writes OUT, which ctest includes,
# with a test for each suite of the googletest program; those of THREADED have the label LABEL-threads. Thousands of
# processes, one for each case, would take longer than the cases.
cmake_policy(VERSION 3.25)
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[A-Za-z0-9_/]+\\.( |\n)" suites "${listed}")
set(tests "")
foreach(suite ${suites})
  string(REGEX REPLACE "\\..*" "" suite "${suite}")
  set(label ${LABEL})
  if(suite IN_LIST THREADED)
    string(APPEND label -threads)
  endif()
  string(APPEND tests "add_test([=[${suite}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${suite}.*]=])\n"
    "set_tests_properties([=[${suite}]=] PROPERTIES LABELS ${label} TIMEOUT 600"
    " FIXTURES_REQUIRED [=[${FIXTURE}]=])\n")
endforeach()
file(WRITE ${OUT} "${tests}")
