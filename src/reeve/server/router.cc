#include "reeve/server/router.h"

#include <algorithm>
#include <set>

#include "reeve/base/percent.h"
#include "reeve/base/text.h"

namespace reeve::server {

namespace {

// Appends `text` with its %XX replaced. False when an escape is malformed or stands for a control
// character.
bool Decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return false;
    const int high = HexDigit(text[i + 1]), low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    const auto byte = static_cast<unsigned char>(high * 16 + low);
    if (byte < 0x20 || byte == 0x7F) return false;
    out.push_back(static_cast<char>(byte));
    i += 2;
  }
  return true;
}

bool IsDots(std::string_view segment) { return segment == "." || segment == ".."; }

// The path and query of an origin-form or absolute-form target; false when it is neither.
bool SplitTarget(std::string_view target, std::string_view& path, std::string_view& query) {
  for (const char* scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto slash = target.find_first_of("/?", std::string_view(scheme).size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
    break;
  }
  const auto mark = target.find('?');
  path = target.substr(0, mark);
  query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  return path.starts_with('/');
}

bool IsPathCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7F && c != '#' && c != '\\' && c != '"' && c != '<' && c != '>';
}

// Decodes the path and cuts it into decoded segments. Segments are cut before they are decoded: an
// escaped slash is part of a segment. `has_slash` says that there was one.
bool DecodePath(std::string_view raw, RouteMatch& match, bool& has_slash) {
  has_slash = false;
  match.segments.clear();
  match.decoded.clear();
  const bool escaped = raw.find('%') != std::string_view::npos;
  // Room for all of it at once: views into it must stay where they are.
  if (escaped) match.decoded.reserve(2 * raw.size() + 2);
  for (std::size_t at = 1; at <= raw.size();) {
    const auto end = std::min(raw.find('/', at), raw.size());
    std::string_view segment = raw.substr(at, end - at);
    if (escaped && segment.find('%') != std::string_view::npos) {
      const auto begin = match.decoded.size();
      if (!Decode(segment, match.decoded)) return false;
      segment = std::string_view(match.decoded).substr(begin);
      has_slash |= segment.find('/') != std::string_view::npos;
      if (!IsUtf8(segment)) return false;
    }
    if (IsDots(segment)) return false;
    match.segments.push_back(segment);
    at = end + 1;
  }
  match.path = raw;
  if (escaped) {
    const auto begin = match.decoded.size();
    for (const auto segment : match.segments) match.decoded.append("/").append(segment);
    match.path = std::string_view(match.decoded).substr(begin);
  }
  return true;
}

bool AnswersTo(const Route& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == "GET");
}

}  // namespace

Result<Router::Segment> Router::ParseSegment(const std::string& text) {
  Segment segment;
  const auto open = text.find('{'), close = text.find('}');
  if (open == std::string::npos && close == std::string::npos) {
    segment.prefix = text;
    return segment;
  }
  if (open == std::string::npos || close == std::string::npos || close < open + 2 ||
      text.find('{', open + 1) != std::string::npos ||
      text.find('}', close + 1) != std::string::npos) {
    return Status::InvalidArgument("a segment holds at most one {name}");
  }
  segment.is_param = true;
  segment.prefix = text.substr(0, open);
  segment.name = text.substr(open + 1, close - open - 1);
  segment.suffix = text.substr(close + 1);
  segment.is_rest = segment.name.ends_with("...");
  if (!segment.is_rest) return segment;
  segment.name.resize(segment.name.size() - 3);
  if (segment.name.empty() || !segment.prefix.empty() || !segment.suffix.empty()) {
    return Status::InvalidArgument("{name...} is a segment of its own");
  }
  return segment;
}

Result<std::vector<Router::Segment>> Router::ParsePattern(const std::string& pattern) {
  const auto wrong = [&](const std::string& why) {
    return Status::InvalidArgument("route " + Quote(pattern) + ": " + why);
  };
  if (!pattern.starts_with('/')) return wrong("a pattern starts with a slash");
  std::vector<Segment> segments;
  std::set<std::string> names;
  for (const auto& text : Split(pattern.substr(1), '/')) {
    auto segment = ParseSegment(text);
    if (!segment.ok()) return wrong(segment.status().message());
    if (segment->is_param && !names.insert(segment->name).second) {
      return wrong("a {name} stands twice");
    }
    if (!segments.empty() && segments.back().is_rest) return wrong("{name...} stands at the end");
    segments.push_back(std::move(segment).value());
  }
  return segments;
}

bool Router::Takes(const Segment& segment, std::string_view value) {
  if (!segment.is_param) return value == segment.prefix;
  return value.size() > segment.prefix.size() + segment.suffix.size() &&
         value.starts_with(segment.prefix) && value.ends_with(segment.suffix);
}

// Which of two patterns is tried first (< 0: a), 0 when they take the same paths.
int Router::Compare(const Path& a, const Path& b) {
  if (a.segments.size() != b.segments.size()) return a.segments.size() > b.segments.size() ? -1 : 1;
  for (std::size_t i = 0; i < a.segments.size(); ++i) {
    const Segment &x = a.segments[i], &y = b.segments[i];
    if (x.is_param != y.is_param) return x.is_param ? 1 : -1;
    const auto x_size = x.prefix.size() + x.suffix.size();
    const auto y_size = y.prefix.size() + y.suffix.size();
    if (x.is_param && x_size != y_size) return x_size > y_size ? -1 : 1;
    if (const int order = x.prefix.compare(y.prefix); order != 0) return order;
    if (const int order = x.suffix.compare(y.suffix); order != 0) return order;
  }
  return 0;
}

// The path of `list` that takes what `path` takes, which becomes one of it when there is none.
Router::Path* Router::Insert(std::vector<std::unique_ptr<Path>>& list, std::unique_ptr<Path> path) {
  const auto at =
      std::lower_bound(list.begin(), list.end(), path,
                       [](const auto& a, const auto& b) { return Compare(*a, *b) < 0; });
  if (at != list.end() && Compare(**at, *path) == 0) return at->get();
  return list.insert(at, std::move(path))->get();
}

Status Router::Add(const Route& route) {
  const auto where = "route " + route.method + " " + Quote(route.pattern) + ": ";
  if (route.method.empty()) return Status::InvalidArgument(where + "it has no method");
  if (static_cast<bool>(route.handle) == static_cast<bool>(route.open)) {
    return Status::InvalidArgument(where + "exactly one of handle and open is set");
  }
  REEVE_ASSIGN_OR_RETURN(auto segments, ParsePattern(route.pattern));
  auto fresh = std::make_unique<Path>(Path{route.pattern, std::move(segments), {}, {}});
  Path* path = nullptr;
  if (std::none_of(fresh->segments.begin(), fresh->segments.end(),
                   [](const Segment& s) { return s.is_param; })) {
    path = exact_.try_emplace(route.pattern, std::move(fresh)).first->second.get();
  } else {
    const auto count = fresh->segments.size();
    if (patterns_.size() <= count) patterns_.resize(count + 1);
    auto& list = fresh->segments.back().is_rest ? rests_ : patterns_[count];
    path = Insert(list, std::move(fresh));
    // One path holds the names of its first route, which every other method of it shares.
    if (path->pattern != route.pattern) {
      return Status::InvalidArgument(where + "it takes the same paths as " + Quote(path->pattern) +
                                     " under other names");
    }
  }
  for (const Route* other : path->routes) {
    if (other->method == route.method) return Status::InvalidArgument(where + "it is there twice");
  }
  path->routes.push_back(&route);
  if (!path->allow.empty()) path->allow += ", ";
  path->allow += route.method == "GET" ? "GET, HEAD" : route.method;
  return {};
}

Result<Router> Router::Make(std::vector<Route> routes, std::vector<ErrorForm> forms) {
  Router router;
  for (auto& route : routes) {
    if (route.label.empty()) route.label = route.pattern;
    router.routes_.push_back(std::make_unique<Route>(std::move(route)));
    REEVE_RETURN_IF_ERROR(router.Add(*router.routes_.back()));
  }
  router.forms_ = std::move(forms);
  std::stable_sort(router.forms_.begin(), router.forms_.end(),
                   [](const auto& a, const auto& b) { return a.prefix.size() > b.prefix.size(); });
  return router;
}

const ErrorBody* Router::FormOf(std::string_view path) const {
  for (const auto& form : forms_) {
    if (form.HoldsFor(path)) return &form.body;
  }
  return &default_form_;
}

bool Router::TakesAll(const Path& path, const std::vector<std::string_view>& segments,
                      std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!Takes(path.segments[i], segments[i])) return false;
  }
  return true;
}

void Router::FillParams(const Path& path, std::size_t count, RouteMatch& match) {
  for (std::size_t i = 0; i < count; ++i) {
    const Segment& segment = path.segments[i];
    if (!segment.is_param) continue;
    std::string_view value = match.segments[i];
    value.remove_prefix(segment.prefix.size());
    value.remove_suffix(segment.suffix.size());
    match.params.emplace_back(segment.name, value);
  }
}

const Router::Path* Router::Find(RouteMatch& match) const {
  const auto count = match.segments.size();
  if (count < patterns_.size()) {
    for (const auto& path : patterns_[count]) {
      if (!TakesAll(*path, match.segments, count)) continue;
      FillParams(*path, count, match);
      return path.get();
    }
  }
  return FindRest(match);
}

const Router::Path* Router::FindRest(RouteMatch& match) const {
  for (const auto& path : rests_) {
    const auto before = path->segments.size() - 1;
    if (match.segments.size() <= before || !TakesAll(*path, match.segments, before)) continue;
    std::size_t begin = 1;
    for (std::size_t i = 0; i < before; ++i) begin += match.segments[i].size() + 1;
    const auto rest = match.path.substr(begin);
    if (rest.empty()) continue;
    FillParams(*path, before, match);
    match.params.emplace_back(path->segments.back().name, rest);
    return path.get();
  }
  return nullptr;
}

void Router::Match(std::string_view method, std::string_view target, RouteMatch& match) const {
  match.kind = RouteMatch::Kind::kBadPath;
  match.route = nullptr;
  match.params.clear();
  match.allow = {};
  match.error_body = &default_form_;
  std::string_view raw;
  if (!SplitTarget(target, raw, match.query)) {
    match.path = raw;
    return;
  }
  // Most requests are for a literal path: one look-up, nothing is decoded.
  const Path* path = nullptr;
  if (const auto found = exact_.find(raw); found != exact_.end()) {
    match.path = raw;
    path = found->second.get();
  } else {
    bool has_slash = false;
    match.path = raw;
    if (!std::all_of(raw.begin(), raw.end(), IsPathCharacter) ||
        !DecodePath(raw, match, has_slash)) {
      match.error_body = FormOf(raw);
      return;
    }
    if (!has_slash) {
      const auto decoded = exact_.find(match.path);
      if (decoded != exact_.end()) path = decoded->second.get();
    }
    if (path == nullptr) path = Find(match);
  }
  match.kind = RouteMatch::Kind::kNotFound;
  if (path != nullptr) {
    match.kind = RouteMatch::Kind::kMethodNotAllowed;
    match.allow = path->allow;
    for (const Route* route : path->routes) {
      if (!AnswersTo(*route, method)) continue;
      // A route of its own for HEAD goes before that for GET.
      if (match.route == nullptr || route->method == method) match.route = route;
      match.kind = RouteMatch::Kind::kFound;
    }
  }
  match.error_body = FormOf(match.path);
}

}  // namespace reeve::server
