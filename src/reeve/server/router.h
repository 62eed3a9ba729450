#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reeve/base/result.h"
#include "reeve/server/error_form.h"
#include "reeve/server/http.h"

namespace reeve::server {

/// What a target leads to. Reused from request to request, so that a warm one allocates nothing.
struct RouteMatch {
  enum class Kind {
    kFound,
    /// No pattern takes the path.
    kNotFound,
    /// A pattern takes it, but not with that method; see `allow`.
    kMethodNotAllowed,
    /// No path at all: bad escapes, control characters, "." or ".." as a segment.
    kBadPath,
  };

  Kind kind = Kind::kNotFound;
  /// Owned by the router; null unless found.
  const Route* route = nullptr;
  /// Decoded, without the query; views the target or `decoded`.
  std::string_view path;
  /// As it came, without "?"; views the target.
  std::string_view query;
  /// Decoded values of the pattern's {names}; they view the target or `decoded`.
  std::vector<std::pair<std::string_view, std::string_view>> params;
  /// Methods of the path for the header Allow ("GET, HEAD"); owned by the router.
  std::string_view allow;
  /// The form of errors below that path; owned by the router, never null after Match.
  const ErrorBody* error_body = nullptr;

  /// Holds what had to be decoded.
  std::string decoded;
  /// Scratch: the segments of the path.
  std::vector<std::string_view> segments;
};

/// Finds the route of a request: literal paths by one hash look-up, patterns by their segments, the
/// more literal pattern first. Paths are never folded or cleaned up: what is not a path is refused,
/// and "/a/", "//a" and "/a" are three different ones. HEAD goes where GET goes.
///
/// Immutable, so thread-safe.
class Router {
 public:
  /// A segment of a pattern is a literal or holds one {name} between literal ends
  /// ("{model}:predict"). The last one may be "{name...}", which takes all that is left of the path
  /// with its slashes, not nothing; such patterns are tried last. An escaped slash is a slash there
  /// like any other: "." and ".." are not found in what it joins, so the handler looks itself.
  /// Fails with kInvalidArgument on a malformed pattern, on two routes for the
  /// same method and paths, and on a route without exactly one of `handle` and `open`.
  static Result<Router> Make(std::vector<Route> routes,
                             std::vector<ErrorForm> forms = DefaultErrorForms());

  /// Fills `match`. `target` is a request's target in origin form ("/a?b") or absolute form
  /// ("http://host/a?b"); views in `match` live as long as it does.
  void Match(std::string_view method, std::string_view target, RouteMatch& match) const;

 private:
  struct Segment {
    std::string prefix, name, suffix;
    bool is_param = false, is_rest = false;
  };
  struct Path {
    std::string pattern;
    std::vector<Segment> segments;
    std::vector<const Route*> routes;
    std::string allow;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  Router() = default;
  Status Add(const Route& route);
  const Path* Find(RouteMatch& match) const;
  const Path* FindRest(RouteMatch& match) const;
  static bool TakesAll(const Path& path, const std::vector<std::string_view>& segments,
                       std::size_t count);
  static void FillParams(const Path& path, std::size_t count, RouteMatch& match);
  static Result<Segment> ParseSegment(const std::string& text);
  static Path* Insert(std::vector<std::unique_ptr<Path>>& list, std::unique_ptr<Path> path);
  const ErrorBody* FormOf(std::string_view path) const;
  static Result<std::vector<Segment>> ParsePattern(const std::string& pattern);
  static bool Takes(const Segment& segment, std::string_view value);
  static int Compare(const Path& a, const Path& b);

  std::vector<std::unique_ptr<Route>> routes_;
  /// Paths without {names}.
  std::unordered_map<std::string, std::unique_ptr<Path>, Hash, std::equal_to<>> exact_;
  /// Paths with {names}, by their number of segments, the most literal first.
  std::vector<std::vector<std::unique_ptr<Path>>> patterns_;
  /// Paths that end in "{name...}": the longest first, the most literal first among equals.
  std::vector<std::unique_ptr<Path>> rests_;
  /// Longest prefix first.
  std::vector<ErrorForm> forms_;
  ErrorBody default_form_ = ServiceErrorBody;
};

}  // namespace reeve::server
