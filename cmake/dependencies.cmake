# Third-party libraries. Each is linked PRIVATE by the one module that uses it; docs/dependencies.md says why it is here.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(OpenSSL REQUIRED)
# Asio and Beast: headers only.
find_package(Boost 1.74 REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(liburing REQUIRED IMPORTED_TARGET liburing)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core)
if(REEVE_TESTS)
  find_package(GTest REQUIRED)
endif()
if(REEVE_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()

find_library(REEVE_XGBOOST_LIBRARY xgboost REQUIRED)
add_library(reeve_xgboost INTERFACE)
target_link_libraries(reeve_xgboost INTERFACE "${REEVE_XGBOOST_LIBRARY}")

find_library(REEVE_LBFGS_LIBRARY lbfgs REQUIRED)
add_library(reeve_lbfgs INTERFACE)
target_link_libraries(reeve_lbfgs INTERFACE "${REEVE_LBFGS_LIBRARY}")

# Only the header: the library is opened when it is needed (tracking/http/libcurl.h says why).
find_path(REEVE_CURL_INCLUDE curl/curl.h REQUIRED)
find_library(REEVE_CURL_LIBRARY NAMES libcurl.so.4 REQUIRED)
add_library(reeve_curl INTERFACE)
target_include_directories(reeve_curl INTERFACE "${REEVE_CURL_INCLUDE}")
target_link_libraries(reeve_curl INTERFACE ${CMAKE_DL_LIBS})

# Only the header, as of libcurl (sql/postgres/libpq.h).
find_path(REEVE_LIBPQ_INCLUDE libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
find_library(REEVE_LIBPQ_LIBRARY NAMES libpq.so.5 REQUIRED)
add_library(reeve_libpq INTERFACE)
target_include_directories(reeve_libpq INTERFACE "${REEVE_LIBPQ_INCLUDE}")
target_link_libraries(reeve_libpq INTERFACE ${CMAKE_DL_LIBS})

# DuckDB comes from npm by lock file (deps/package-lock.json); `tools/setup` fetches it.
set(REEVE_DUCKDB_LIBRARY
    "${CMAKE_SOURCE_DIR}/deps/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so")
set(REEVE_DUCKDB_INCLUDE "${CMAKE_SOURCE_DIR}/deps/node_modules/duckdb/src/duckdb/src/include")
if(NOT EXISTS "${REEVE_DUCKDB_LIBRARY}" OR NOT EXISTS "${REEVE_DUCKDB_INCLUDE}/duckdb.h")
  message(FATAL_ERROR "DuckDB is not under deps/node_modules. Run tools/setup (or: npm ci --ignore-scripts --prefix deps).")
endif()
add_library(reeve_duckdb SHARED IMPORTED)
set_target_properties(reeve_duckdb PROPERTIES IMPORTED_LOCATION "${REEVE_DUCKDB_LIBRARY}")
# Only the one C header is made visible, not DuckDB's C++ tree beside it.
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/duckdb_include")
file(CREATE_LINK "${REEVE_DUCKDB_INCLUDE}/duckdb.h" "${CMAKE_BINARY_DIR}/duckdb_include/duckdb.h" SYMBOLIC)
set_target_properties(reeve_duckdb PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_BINARY_DIR}/duckdb_include")
