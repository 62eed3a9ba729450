#include "reeve/tracking/s3/documents.h"

#include "reeve/base/number.h"
#include "reeve/base/text.h"
#include "reeve/tracking/s3/xml.h"

namespace reeve::tracking {

Result<S3Listing> ParseS3Listing(std::string_view text) {
  REEVE_ASSIGN_OR_RETURN(const XmlElement root, ParseXml(text));
  if (root.name != "ListBucketResult")
    return Status::Corrupt("found " + Quote(root.name) + ", expected a ListBucketResult");
  S3Listing listing;
  for (const XmlElement& child : root.children) {
    if (child.name == "CommonPrefixes") listing.folders.push_back(child.TextOf("Prefix"));
    if (child.name != "Contents") continue;
    const auto size = ParseInteger(child.TextOf("Size"));
    S3Object object{.key = child.TextOf("Key")};
    if (object.key.empty() || !size || *size < 0)
      return Status::Corrupt("it lists a file without name or size");
    object.bytes = static_cast<std::uint64_t>(*size);
    listing.objects.push_back(std::move(object));
  }
  if (root.TextOf("IsTruncated") != "true") return listing;
  listing.next = root.TextOf("NextContinuationToken");
  if (listing.next.empty()) return Status::Corrupt("it is cut off and does not say how it goes on");
  return listing;
}

S3Error ParseS3Error(std::string_view text) {
  const Result<XmlElement> root = ParseXml(text);
  if (!root.ok() || root->name != "Error") return {};
  return {.code = root->TextOf("Code"),
          .message = root->TextOf("Message"),
          .region = root->TextOf("Region")};
}

Result<std::string> ParseUploadId(std::string_view text) {
  REEVE_ASSIGN_OR_RETURN(const XmlElement root, ParseXml(text));
  std::string id = root.TextOf("UploadId");
  if (id.empty()) return Status::Corrupt("found no UploadId");
  return id;
}

std::string CompletionOf(const std::vector<ObjectPart>& parts) {
  std::string text = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const ObjectPart& part : parts) {
    text += "<Part><PartNumber>" + std::to_string(part.number) + "</PartNumber><ETag>" +
            EscapeXml(part.etag) + "</ETag></Part>";
  }
  return text + "</CompleteMultipartUpload>";
}

}  // namespace reeve::tracking
