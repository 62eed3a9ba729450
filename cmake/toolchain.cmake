# Language, warnings, build types, sanitizers, linker and compiler cache: everything about how code is compiled.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Dev: quick to compile, fast enough that numeric tests take seconds.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
set(CMAKE_C_FLAGS_DEV "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Dev CACHE STRING "" FORCE)
endif()

add_library(reeve_flags INTERFACE)
target_include_directories(reeve_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(reeve_flags INTERFACE -Wall -Wextra -Wshadow -Wpedantic
  # Optimised builds of g++ 12 warn of things that are not there (-Wrestrict in std::string).
  $<$<CONFIG:Dev>:-Werror>
  # Options are structs with defaults; naming only some of them is the point of it.
  -Wno-missing-field-initializers
  # g++ 12 sees uninitialised std::optional where there is none; clang does not know the option.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# Scores must not depend on whether the compiler fused a multiplication and an addition.
target_compile_options(reeve_flags INTERFACE -ffp-contract=off)

if(REEVE_SANITIZE)
  target_compile_options(reeve_flags INTERFACE -fsanitize=${REEVE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(reeve_flags INTERFACE -fsanitize=${REEVE_SANITIZE})
  if(REEVE_SANITIZE STREQUAL "thread")
    # g++ warns of the fences in Asio, which the sanitizer does not follow; what they order is also ordered by locks.
    target_compile_options(reeve_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
if(REEVE_COVERAGE)
  target_compile_options(reeve_flags INTERFACE --coverage -O0)
  target_link_options(reeve_flags INTERFACE --coverage)
endif()
if(REEVE_FUZZ)
  target_compile_options(reeve_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=fuzzer-no-link>)
  target_link_options(reeve_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(REEVE_MOLD mold)
if(REEVE_MOLD AND NOT REEVE_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()
find_program(REEVE_CCACHE ccache)
if(REEVE_CCACHE)
  # Paths below the source tree are hashed relative to it, so that clones and work trees share what was compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;${REEVE_CCACHE}")
endif()

# An installed tree bin/reeve + lib/*.so runs from wherever it is moved to.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")
