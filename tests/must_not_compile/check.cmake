# cmake -D SOURCE=… -D COMPILER=… -D FLAGS=… -P check.cmake
# SOURCE compiles as it is, and does not with WRONG defined, for the reason that its first line ends with: so that it
# is not some other mistake that the compiler complains of.
file(STRINGS ${SOURCE} first LIMIT_COUNT 1)
if(NOT first MATCHES "Expected: (.+)$")
  message(FATAL_ERROR "${SOURCE}: its first line does not say what is expected")
endif()
set(expected "${CMAKE_MATCH_1}")
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
foreach(wrong "" -DWRONG)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${COMPILER} ${flags} ${wrong} -fsyntax-only ${SOURCE}
    RESULT_VARIABLE status ERROR_VARIABLE said)
  if(NOT wrong AND NOT status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} does not compile as it should:\n${said}")
  elseif(wrong AND status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} compiles with WRONG defined")
  elseif(wrong AND NOT said MATCHES "error: [^\n]*${expected}")
    message(FATAL_ERROR "${SOURCE} does not compile, but not for want of \"${expected}\":\n${said}")
  endif()
endforeach()
