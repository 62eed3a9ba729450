#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "reeve/base/text.h"
#include "reeve/tracking/s3/bucket.h"
#include "reeve/tracking/s3/documents.h"
#include "reeve/tracking/s3/profile.h"
#include "reeve/tracking/s3/xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reeve::tracking;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto listing = ParseS3Listing(text);
  if (listing.ok()) {
    for (const S3Object& object : listing->objects)
      if (object.key.empty() || !reeve::IsUtf8(object.key)) std::abort();
  }
  (void)ParseS3Error(text);
  (void)ParseUploadId(text);
  (void)FindProfile(text, "default");
  const auto location = ParseS3Uri("s3://" + text);
  if (location.ok() && (location->bucket.find('/') != std::string::npos ||
                        location->path.find("//") != std::string::npos))
    std::abort();
  // What is escaped is read back, whatever it is.
  const auto again = ParseXml("<a>" + EscapeXml(text) + "</a>");
  if (again.ok() != reeve::IsUtf8(text) || (again.ok() && again->text != text)) std::abort();
  return 0;
}
