# SPDX-License-Identifier: Apache-2.0
# One static library per layer, and its tests. Flags live here and nowhere else.

add_library(parallax_flags INTERFACE)
target_include_directories(parallax_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(parallax_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
  -Wimplicit-fallthrough -Wunused -Woverloaded-virtual -Wconversion -Wno-sign-conversion
  -Werror
  # Behind CMake's own -fPIE: executables use the libraries' precompiled header, which is PIC.
  -fPIC)
target_compile_definitions(parallax_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED)
if(NOT PARALLAX_SANITIZERS)
  target_compile_options(parallax_flags INTERFACE
    -fstack-protector-strong
    $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
  target_link_options(parallax_flags INTERFACE -Wl,-z,relro,-z,now)
else()
  target_compile_options(parallax_flags INTERFACE
    -fsanitize=${PARALLAX_SANITIZERS} -fno-sanitize-recover=all)
  target_link_options(parallax_flags INTERFACE -fsanitize=${PARALLAX_SANITIZERS})
  if(PARALLAX_BUILD_FUZZERS)
    target_compile_options(parallax_flags INTERFACE -fsanitize=fuzzer-no-link)
  endif()
endif()

# The precompiled header holds third-party headers only, so that touching ours never rebuilds it.
set(PARALLAX_PCH_SOURCE ${CMAKE_BINARY_DIR}/pch.cc)
file(CONFIGURE OUTPUT ${PARALLAX_PCH_SOURCE} CONTENT "// Carrier of the precompiled header.\n")
add_library(parallax_pch OBJECT ${PARALLAX_PCH_SOURCE})
target_link_libraries(parallax_pch PUBLIC parallax_flags Boost::headers OpenSSL::SSL fmt::fmt)
target_compile_options(parallax_pch PUBLIC -Xclang -fno-pch-timestamp)
target_precompile_headers(parallax_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)

# parallax_layer(NAME SOURCES a.cc b.cc [DEPENDS layer...] [LIBRARIES target...])
# DEPENDS names layers above this one; LIBRARIES are third-party targets.
function(parallax_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(parallax_${name} STATIC ${ARG_SOURCES})
  target_precompile_headers(parallax_${name} REUSE_FROM parallax_pch)
  target_compile_options(parallax_${name} PRIVATE -Xclang -fno-pch-timestamp)
  target_link_libraries(parallax_${name} PUBLIC parallax_flags Boost::headers fmt::fmt OpenSSL::SSL)
  foreach(layer IN LISTS ARG_DEPENDS)
    target_link_libraries(parallax_${name} PUBLIC parallax_${layer})
  endforeach()
  target_link_libraries(parallax_${name} PUBLIC ${ARG_LIBRARIES})
endfunction()

# Builds the tests labelled `threaded`, which run under ThreadSanitizer too.
add_custom_target(threaded_tests)

# parallax_test(NAME SOURCES a.cc [DEPENDS layer...] [LABELS label...]): one GoogleTest binary.
function(parallax_test name)
  if(NOT PARALLAX_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LABELS;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_precompile_headers(${name} REUSE_FROM parallax_pch)
  target_compile_options(${name} PRIVATE -Xclang -fno-pch-timestamp)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE parallax_flags GTest::gmock_main rapidcheck rapidcheck_gtest
    ${ARG_LIBRARIES})
  target_compile_options(${name} PRIVATE -Wno-gnu-zero-variadic-macro-arguments)
  foreach(layer IN LISTS ARG_DEPENDS)
    target_link_libraries(${name} PRIVATE parallax_${layer})
  endforeach()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "unit;${ARG_LABELS}")
  if("threaded" IN_LIST ARG_LABELS)
    add_dependencies(threaded_tests ${name})
  endif()
endfunction()

# parallax_fuzzer(NAME SOURCE DEPENDS layer...): one libFuzzer binary, with its seed corpus in
# tests/fuzz/corpus/NAME if that folder exists.
function(parallax_fuzzer name source)
  if(NOT PARALLAX_BUILD_FUZZERS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  add_executable(${name} ${source})
  target_precompile_headers(${name} REUSE_FROM parallax_pch)
  target_compile_options(${name} PRIVATE -Xclang -fno-pch-timestamp)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE parallax_flags)
  foreach(layer IN LISTS ARG_DEPENDS)
    target_link_libraries(${name} PRIVATE parallax_${layer})
  endforeach()
  add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/fuzz/run_fuzzer $<TARGET_FILE:${name}>)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "fuzz")
endfunction()
