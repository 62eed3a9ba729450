#include "reeve/server/description/static_files.h"

#include <array>

#include "reeve/base/digest.h"

// Made by reeve_embed in CMakeLists.txt.
extern "C" {
extern const char reeve_file_page_css[], reeve_file_page_css_end[];
extern const char reeve_file_form_js[], reeve_file_form_js_end[];
extern const char reeve_file_docs_js[], reeve_file_docs_js_end[];
extern const char reeve_file_icon_svg[], reeve_file_icon_svg_end[];
}

namespace reeve::server {
namespace {

StaticFile File(std::string_view name, std::string_view content_type, const char* begin,
                const char* end) {
  const std::string_view bytes(begin, static_cast<std::size_t>(end - begin));
  return {name, content_type, bytes, Sha256(bytes).substr(0, 16)};
}

}  // namespace

std::span<const StaticFile> StaticFiles() {
  static const std::array<StaticFile, 4> files = {
      File("page.css", "text/css; charset=utf-8", reeve_file_page_css, reeve_file_page_css_end),
      File("form.js", "text/javascript; charset=utf-8", reeve_file_form_js, reeve_file_form_js_end),
      File("docs.js", "text/javascript; charset=utf-8", reeve_file_docs_js, reeve_file_docs_js_end),
      File("icon.svg", "image/svg+xml", reeve_file_icon_svg, reeve_file_icon_svg_end),
  };
  return files;
}

std::string StaticFileAddress(std::string_view name) {
  std::string address = "assets/" + std::string(name);
  for (const StaticFile& file : StaticFiles()) {
    if (file.name == name) address += "?v=" + file.version;
  }
  return address;
}

}  // namespace reeve::server
