# reeve_embed(TARGET reeve_server FILES pages/page.css …): puts files into the binary as they are. File pages/page.css is between the
# symbols reeve_file_page_css and reeve_file_page_css_end; a change of the file builds it in anew. Names of files are distinct.

function(reeve_embed)
  cmake_parse_arguments(E "" "TARGET" "FILES" ${ARGN})
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${E_TARGET}_files.S")
  set(text ".section .rodata,\"a\",@progbits\n")
  set(paths)
  foreach(file IN LISTS E_FILES)
    get_filename_component(path "${file}" ABSOLUTE)
    get_filename_component(name "${file}" NAME)
    string(MAKE_C_IDENTIFIER "${name}" symbol)
    string(APPEND text ".global reeve_file_${symbol}\n.global reeve_file_${symbol}_end\n.balign 16\n"
                       "reeve_file_${symbol}:\n.incbin \"${path}\"\nreeve_file_${symbol}_end:\n.byte 0\n")
    list(APPEND paths "${path}")
  endforeach()
  # Without this note the linker would ask for an executable stack.
  string(APPEND text ".section .note.GNU-stack,\"\",@progbits\n")
  file(GENERATE OUTPUT "${out}" CONTENT "${text}")
  target_sources(${E_TARGET} PRIVATE "${out}")
  set_source_files_properties("${out}" PROPERTIES GENERATED ON OBJECT_DEPENDS "${paths}")
endfunction()
