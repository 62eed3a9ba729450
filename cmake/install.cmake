# `cmake --install BUILD --component reeve`: bin/reeve, lib/libreeve.so with include/reeve.h and the Python package over it,
# and, in lib/, the libraries that a plain Debian 12 lacks. The tree may be moved as a whole: everything is found by $ORIGIN.

install(TARGETS reeve RUNTIME DESTINATION bin COMPONENT reeve)
# RPATH, not RUNPATH: it also holds for what the libraries themselves need (XGBoost needs dmlc and OpenMP).
target_link_options(reeve PRIVATE -Wl,--disable-new-dtags)

install(TARGETS reeve_c
  LIBRARY DESTINATION lib COMPONENT reeve
  PUBLIC_HEADER DESTINATION include COMPONENT reeve)
target_link_options(reeve_c PRIVATE -Wl,--disable-new-dtags)
install(DIRECTORY python/ DESTINATION share/reeve/python COMPONENT reeve
  FILES_MATCHING PATTERN "*.py" PATTERN "*.toml" PATTERN "*.md" PATTERN "py.typed"
  PATTERN "build" EXCLUDE PATTERN "__pycache__" EXCLUDE PATTERN "*.egg-info" EXCLUDE)

# libcurl and libpq are opened, not linked, so that they have to be named.
install(CODE "set(opened \"${REEVE_CURL_LIBRARY}\" \"${REEVE_LIBPQ_LIBRARY}\")" COMPONENT reeve)
install(CODE [[
  # What is left to the system: the C and C++ runtimes, which a binary must not bring along.
  set(system "^(linux-vdso|ld-linux.*|libc|libm|libdl|libpthread|librt|libresolv|libstdc\\+\\+|libgcc_s)\\.so")
  file(GET_RUNTIME_DEPENDENCIES
    EXECUTABLES "$<TARGET_FILE:reeve>"
    LIBRARIES "$<TARGET_FILE:reeve_c>" ${opened}
    RESOLVED_DEPENDENCIES_VAR found
    UNRESOLVED_DEPENDENCIES_VAR unresolved
    PRE_EXCLUDE_REGEXES "${system}"
    POST_EXCLUDE_REGEXES "/ld-linux")
  if(unresolved)
    message(FATAL_ERROR "libraries not found: ${unresolved}")
  endif()
  foreach(library IN LISTS found opened)
    file(INSTALL "${library}" DESTINATION "${CMAKE_INSTALL_PREFIX}/lib" TYPE SHARED_LIBRARY FOLLOW_SYMLINK_CHAIN)
  endforeach()
]] COMPONENT reeve)
install(FILES LICENSE README.md docs/dependencies.md DESTINATION share/doc/reeve COMPONENT reeve)
