#include "reeve/server/artifacts/media_type.h"

#include <algorithm>
#include <iterator>

#include "reeve/base/text.h"

namespace reeve::server {

namespace {

// What MLflow shows as text: extensions, and names without one. Sorted.
constexpr std::string_view kTexts[] = {
    "MLmodel", "MLproject", "cf",   "cfg",  "cnf", "conf", "csv",  "err",        "hocon",
    "ini",     "ipynb",     "js",   "json", "log", "md",   "prop", "properties", "py",
    "py3",     "rst",       "toml", "tsv",  "txt", "xml",  "yaml", "yml",
};

struct Extension {
  std::string_view name, type;
};

// Of IANA's registry, as mimetypes of Python 3 has it. Sorted.
constexpr Extension kExtensions[] = {
    {"3g2", "audio/3gpp2"},
    {"3gp", "audio/3gpp"},
    {"3gpp", "audio/3gpp"},
    {"3gpp2", "audio/3gpp2"},
    {"aac", "audio/aac"},
    {"adts", "audio/aac"},
    {"ai", "application/postscript"},
    {"aif", "audio/x-aiff"},
    {"aifc", "audio/x-aiff"},
    {"aiff", "audio/x-aiff"},
    {"ass", "audio/aac"},
    {"au", "audio/basic"},
    {"avi", "video/x-msvideo"},
    {"avif", "image/avif"},
    {"bat", "text/plain"},
    {"bcpio", "application/x-bcpio"},
    {"bmp", "image/bmp"},
    {"c", "text/plain"},
    {"cdf", "application/x-netcdf"},
    {"cpio", "application/x-cpio"},
    {"csh", "application/x-csh"},
    {"css", "text/css"},
    {"doc", "application/msword"},
    {"dot", "application/msword"},
    {"dvi", "application/x-dvi"},
    {"eml", "message/rfc822"},
    {"eps", "application/postscript"},
    {"etx", "text/x-setext"},
    {"gif", "image/gif"},
    {"gtar", "application/x-gtar"},
    {"h", "text/plain"},
    {"h5", "application/x-hdf5"},
    {"hdf", "application/x-hdf"},
    {"heic", "image/heic"},
    {"heif", "image/heif"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ico", "image/vnd.microsoft.icon"},
    {"ief", "image/ief"},
    {"jpe", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"ksh", "text/plain"},
    {"latex", "application/x-latex"},
    {"loas", "audio/aac"},
    {"m1v", "video/mpeg"},
    {"m3u", "application/vnd.apple.mpegurl"},
    {"m3u8", "application/vnd.apple.mpegurl"},
    {"man", "application/x-troff-man"},
    {"me", "application/x-troff-me"},
    {"mht", "message/rfc822"},
    {"mhtml", "message/rfc822"},
    {"mif", "application/x-mif"},
    {"mjs", "application/javascript"},
    {"mov", "video/quicktime"},
    {"movie", "video/x-sgi-movie"},
    {"mp2", "audio/mpeg"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"mpa", "video/mpeg"},
    {"mpe", "video/mpeg"},
    {"mpeg", "video/mpeg"},
    {"mpg", "video/mpeg"},
    {"ms", "application/x-troff-ms"},
    {"n3", "text/n3"},
    {"nc", "application/x-netcdf"},
    {"nq", "application/n-quads"},
    {"nt", "application/n-triples"},
    {"nws", "message/rfc822"},
    {"oda", "application/oda"},
    {"opus", "audio/opus"},
    {"p12", "application/x-pkcs12"},
    {"p7c", "application/pkcs7-mime"},
    {"pbm", "image/x-portable-bitmap"},
    {"pdf", "application/pdf"},
    {"pfx", "application/x-pkcs12"},
    {"pgm", "image/x-portable-graymap"},
    {"pl", "text/plain"},
    {"png", "image/png"},
    {"pnm", "image/x-portable-anymap"},
    {"pot", "application/vnd.ms-powerpoint"},
    {"ppa", "application/vnd.ms-powerpoint"},
    {"ppm", "image/x-portable-pixmap"},
    {"pps", "application/vnd.ms-powerpoint"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"ps", "application/postscript"},
    {"pwz", "application/vnd.ms-powerpoint"},
    {"pyc", "application/x-python-code"},
    {"pyo", "application/x-python-code"},
    {"qt", "video/quicktime"},
    {"ra", "audio/x-pn-realaudio"},
    {"ram", "application/x-pn-realaudio"},
    {"ras", "image/x-cmu-raster"},
    {"rdf", "application/xml"},
    {"rgb", "image/x-rgb"},
    {"roff", "application/x-troff"},
    {"rtx", "text/richtext"},
    {"sgm", "text/x-sgml"},
    {"sgml", "text/x-sgml"},
    {"sh", "application/x-sh"},
    {"shar", "application/x-shar"},
    {"snd", "audio/basic"},
    {"src", "application/x-wais-source"},
    {"srt", "text/plain"},
    {"sv4cpio", "application/x-sv4cpio"},
    {"sv4crc", "application/x-sv4crc"},
    {"svg", "image/svg+xml"},
    {"swf", "application/x-shockwave-flash"},
    {"t", "application/x-troff"},
    {"tar", "application/x-tar"},
    {"tcl", "application/x-tcl"},
    {"tex", "application/x-tex"},
    {"texi", "application/x-texinfo"},
    {"texinfo", "application/x-texinfo"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"tr", "application/x-troff"},
    {"trig", "application/trig"},
    {"ustar", "application/x-ustar"},
    {"vcf", "text/x-vcard"},
    {"vtt", "text/vtt"},
    {"wasm", "application/wasm"},
    {"wav", "audio/x-wav"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"wiz", "application/msword"},
    {"wsdl", "application/xml"},
    {"xbm", "image/x-xbitmap"},
    {"xlb", "application/vnd.ms-excel"},
    {"xls", "application/vnd.ms-excel"},
    {"xpdl", "application/xml"},
    {"xpm", "image/x-xpixmap"},
    {"xsl", "application/xml"},
    {"xwd", "image/x-xwindowdump"},
    {"zip", "application/zip"},
};

// Packed files have the type of what is in them, when a second extension says it. MLflow's clients
// take the bytes as they are.
constexpr std::string_view kPacked[] = {"gz", "Z", "bz2", "xz", "br"};

struct Short {
  std::string_view name, type;
};
constexpr Short kShort[] = {
    {"svgz", "image/svg+xml"},   {"tgz", "application/x-tar"},  {"taz", "application/x-tar"},
    {"tz", "application/x-tar"}, {"tbz2", "application/x-tar"}, {"txz", "application/x-tar"},
};

// What stands behind the last dot, and cuts it off; empty for "name", ".hidden" and "name.".
std::string_view CutExtension(std::string_view& name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || name.find_first_not_of('.') >= dot) return {};
  const auto extension = name.substr(dot + 1);
  name = name.substr(0, dot);
  return extension;
}

std::string_view TypeOfExtension(std::string_view extension) {
  const auto lower = ToLower(extension);
  const auto found = std::lower_bound(
      std::begin(kExtensions), std::end(kExtensions), lower,
      [](const Extension& entry, const std::string& wanted) { return entry.name < wanted; });
  return found != std::end(kExtensions) && found->name == lower ? found->type : std::string_view();
}

bool IsTokenCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$&+-.^_`|~").find(c) != std::string_view::npos;
}

void AppendQuoted(std::string_view text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace

std::string_view MediaTypeOf(std::string_view name) {
  constexpr std::string_view kUnknown = "application/octet-stream";
  name = name.substr(name.rfind('/') + 1);
  std::string_view rest = name;
  auto extension = CutExtension(rest);
  const auto shown = extension.empty() ? name : extension;
  if (std::binary_search(std::begin(kTexts), std::end(kTexts), shown)) return "text/plain";
  for (const auto& entry : kShort) {
    if (entry.name == extension) return entry.type;
  }
  if (std::find(std::begin(kPacked), std::end(kPacked), extension) != std::end(kPacked)) {
    extension = CutExtension(rest);
  }
  // Of those that MLflow shows as text, but for their case or their packing.
  const auto lower = ToLower(extension);
  if (lower == "json") return "application/json";
  if (lower == "csv") return "text/csv";
  if (lower == "txt") return "text/plain";
  const auto type = TypeOfExtension(extension);
  return type.empty() ? kUnknown : type;
}

std::string AttachmentHeader(std::string_view name) {
  std::string plain, encoded;
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) plain.push_back(c);
    if (IsTokenCharacter(c)) {
      encoded.push_back(c);
    } else {
      encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  std::string header = "attachment; filename=";
  const bool is_token = !plain.empty() && std::all_of(plain.begin(), plain.end(), IsTokenCharacter);
  if (plain.empty()) {
    header += "download";
  } else if (is_token) {
    header += plain;
  } else {
    AppendQuoted(plain, header);
  }
  if (plain.size() != name.size()) header += "; filename*=UTF-8''" + encoded;
  return header;
}

}  // namespace reeve::server
