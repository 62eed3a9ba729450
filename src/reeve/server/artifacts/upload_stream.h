#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reeve/base/status.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// A body that goes to the disk as it comes and is answered with "{}" once it is there. What fails
/// is answered at once, in MLflow's form, and the rest of the body is not asked for.
class UploadStream : public BodyStream {
 public:
  void OnBytes(std::string_view bytes, std::string& out) final;
  void OnEnd(std::string& out) final;
  bool Ready(Response& response) final;

 private:
  virtual Status Write(std::string_view bytes) = 0;
  /// Makes what was written count.
  virtual Status Finish() = 0;
  /// Adds headers to the answer of an upload that went well.
  virtual void Describe(Response& response) { (void)response; }
  virtual bool disk_full() const = 0;

  Status status_;
  bool ended_ = false;
};

/// The body's length as its head announces it; nothing for chunks.
std::optional<std::uint64_t> AnnouncedLength(const Request& request);

}  // namespace reeve::server
