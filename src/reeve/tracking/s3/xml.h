#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/base/result.h"

namespace reeve::tracking {

/// An element of an XML document: what S3 answers with has no more to it. Attributes are left out.
struct XmlElement {
  std::string name;
  /// All of its characters, without those of its children.
  std::string text = "";
  std::vector<XmlElement> children = {};

  /// The first child of that name; null when there is none.
  const XmlElement* Find(std::string_view child) const;
  /// Its text; empty when there is none.
  std::string TextOf(std::string_view child) const;
};

/// Reads a document of elements, attributes, comments, the five entities of XML 1.0 and numbered
/// characters. Fails with kCorrupt for everything else (document types, other entities, CDATA,
/// processing instructions behind the first line), what is not well-formed, and elements more than
/// eight deep.
Result<XmlElement> ParseXml(std::string_view text);

/// `text` as the text of an element: what has a meaning there as an entity.
std::string EscapeXml(std::string_view text);

}  // namespace reeve::tracking
