#include "reeve/report/picture.h"

#include "reeve/report/drawing.h"
#include "reeve/report/style.h"
#include "reeve/report/texts.h"

namespace reeve::report {
namespace {

std::string Element(const Picture& picture, const std::string& attributes,
                    const std::string& before) {
  const std::string width = Coordinate(picture.width), height = Coordinate(picture.height);
  const std::string id = Escape(picture.name);
  return "<svg class=\"picture\" " + attributes + "viewBox=\"0 0 " + width + " " + height +
         "\" width=\"" + width + "\" height=\"" + height + "\" role=\"img\" aria-labelledby=\"" +
         id + "-title " + id + "-desc\">\n<title id=\"" + id + "-title\">" + Escape(picture.title) +
         "</title>\n<desc id=\"" + id + "-desc\">" + Escape(picture.description) + "</desc>\n" +
         before + picture.body + "</svg>\n";
}

}  // namespace

std::string StandaloneSvg(const Picture& picture) {
  // A painted background: viewers put pictures on paper of their own colour.
  return Element(picture, "xmlns=\"http://www.w3.org/2000/svg\" ",
                 "<style>" + StandaloneStyle() +
                     "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
}

std::string InlineSvg(const Picture& picture) { return Element(picture, "", ""); }

}  // namespace reeve::report
