#include "reeve/server/scoring/v2.h"

#include <cmath>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reeve/base/json.h"
#include "reeve/server/scoring/test_service.h"

namespace reeve::server {
namespace {

using testing::HasSubstr;

constexpr const char* kModel = "/v2/models/{model}";
constexpr const char* kInfer = "/v2/models/{model}/infer";

class V2Test : public testing::Test {
 protected:
  Request Path(std::string_view model, TestService::Headers headers = {},
               std::string_view version = "") {
    Request request = TestService::MakeRequest("/v2/models", std::move(headers));
    request.path_params = {{"model", model}, {"version", version}};
    return request;
  }
  Response Get(std::string_view pattern, std::string_view model = "loans") {
    return TestService::Call(routes_, "GET", pattern, Path(model));
  }
  Response Infer(const std::string& body, TestService::Headers headers = {}) {
    return TestService::Call(routes_, "POST", kInfer, Path("loans", std::move(headers)), body);
  }
  Json Outputs(const std::string& body) {
    const Response response = Infer(body);
    EXPECT_EQ(response.status, 200) << body << "\n" << response.body;
    return response.status == 200 ? ParseJson(response.body)->at("outputs") : Json();
  }
  void ExpectRefused(const std::string& body, const std::string& message,
                     TestService::Headers headers = {}, int status = 400) {
    const Response response = Infer(body, std::move(headers));
    EXPECT_EQ(response.status, status) << body << "\n" << response.body;
    const auto json = ParseJson(response.body);
    ASSERT_TRUE(json.ok()) << response.body;
    EXPECT_THAT(json->at("error").get<std::string>(), HasSubstr(message)) << body;
  }

  bool ready_ = true;
  TestService service_;
  std::vector<Route> routes_ = V2Routes(service_.context, [this] { return ready_; });
};

std::string Column(const std::string& name, const std::string& type, const std::string& data,
                   const std::string& shape = "[2,1]") {
  return R"({"name":")" + name + R"(","shape":)" + shape + R"(,"datatype":")" + type +
         R"(","data":)" + data + "}";
}

std::string Body(const std::vector<std::string>& inputs, const std::string& more = "") {
  std::string body = "{\"inputs\":[";
  for (const std::string& input : inputs) body += (body.back() == '[' ? "" : ",") + input;
  return body + "]" + more + "}";
}

const std::vector<std::string> kColumns = {
    Column("age", "INT64", "[30,41]"), Column("income", "FP64", "[2.5,null]"),
    Column("city", "BYTES", R"(["Ely","York"])"), Column("married", "BOOL", "[true,null]")};

TEST_F(V2Test, DescribesItself) {
  EXPECT_EQ(ParseJson(Get("/v2").body)->at("extensions"), Json::array({"binary_tensor_data"}));
  EXPECT_EQ(Get("/v2/health/live").status, 200);
  EXPECT_EQ(Get("/v2/health/ready").status, 200);
  ready_ = false;
  EXPECT_EQ(Get("/v2/health/ready").status, 503);
  EXPECT_EQ(Get("/v2/models").body, R"({"models":["loans"]})");
  EXPECT_EQ(TestService::Call(routes_, "POST", "/v2/repository/index", Path("")).body,
            R"([{"name":"loans","version":"3","state":"READY","reason":""}])");
  EXPECT_EQ(
      TestService::Call(routes_, "POST", "/v2/repository/index", Path(""), "{\"ready\":1}").status,
      400);
}

TEST_F(V2Test, DescribesTheModel) {
  const Json model = *ParseJson(Get(kModel).body);
  EXPECT_EQ(model.at("name"), "loans");
  EXPECT_EQ(model.at("versions"), Json::array({"3"}));
  EXPECT_EQ(model.at("platform"), "reeve_linear");
  std::vector<std::string> types;
  for (const Json& input : model.at("inputs")) types.push_back(input.at("datatype"));
  EXPECT_THAT(types, testing::ElementsAre("INT64", "FP64", "BYTES", "BYTES"));
  EXPECT_EQ(model.at("outputs").dump(),
            R"([{"name":"label","datatype":"BYTES","shape":[-1]},)"
            R"({"name":"probability","datatype":"FP64","shape":[-1]},)"
            R"({"name":"prediction","datatype":"INT64","shape":[-1]}])");
  EXPECT_EQ(Get("/v2/models/{model}/ready").body, R"({"name":"loans","ready":true})");
  EXPECT_EQ(Get(kModel, "other").status, 404);
  EXPECT_EQ(Get("/v2/models/{model}/ready", "other").status, 404);
  const Request other = Path("loans", {}, "99");
  EXPECT_EQ(
      TestService::Call(routes_, "GET", "/v2/models/{model}/versions/{version}", other).status,
      404);
}

TEST_F(V2Test, LayoutsOfTheSameRowsAgree) {
  const Json want = Outputs(Body(kColumns));
  ASSERT_EQ(want.size(), 3U);
  EXPECT_EQ(want[1].at("shape"), Json::array({2}));
  EXPECT_EQ(want[2].at("data")[0], want[0].at("data")[0] == "yes" ? 1 : 0);
  for (const std::string& body :
       {Body({kColumns[3], kColumns[2], Column("age", "FP32", "[[30],[41]]"),
              Column("income", "FP64", R"([2.5,"NaN"])", "[2]")}),
        Body({Column("age", "UINT8", "[30,41]", "[2]"), Column("income", "FP32", "[2.5,NaN]"),
              kColumns[2], Column("married", "INT8", "[1,null]")}),
        Body({Column("all", "BYTES", R"([["30",2.5,"Ely","true"],["41",null,"York",""]])",
                     "[2,4]")}),
        Body({Column("all", "BYTES", R"(["30","2.5","Ely","true","41","","York",""])", "[2,4]")})})
    EXPECT_EQ(Outputs(body), want) << body;
}

TEST_F(V2Test, GivesWhatIsAskedFor) {
  const Response response =
      Infer(Body(kColumns, R"(,"id":"q7","parameters":{"a":1},"outputs":[{"name":"prediction"}])"));
  const Json answer = *ParseJson(response.body);
  EXPECT_EQ(answer.at("id"), "q7");
  EXPECT_EQ(answer.at("model_name"), "loans");
  EXPECT_EQ(answer.at("model_version"), "3");
  ASSERT_EQ(answer.at("outputs").size(), 1U);
  EXPECT_EQ(answer.at("outputs")[0].at("name"), "prediction");
  EXPECT_FALSE(ParseJson(Infer(Body(kColumns)).body)->contains("id"));
  EXPECT_EQ(Outputs(Body(kColumns, R"(,"outputs":[])")).size(), 3U);
}

TEST_F(V2Test, SeveralClassesHaveProbabilities) {
  TestService three({"a", "b", "c"});
  const auto routes = V2Routes(three.context, [] { return true; });
  const Json outputs =
      ParseJson(TestService::Call(routes, "POST", kInfer, Path("loans"), Body(kColumns)).body)
          ->at("outputs");
  ASSERT_EQ(outputs.size(), 4U);
  EXPECT_EQ(outputs[3].at("shape"), Json::array({2, 3}));
  ASSERT_EQ(outputs[3].at("data").size(), 6U);
  const std::size_t predicted = outputs[2].at("data")[1];
  EXPECT_EQ(outputs[3].at("data")[3 + predicted], outputs[1].at("data")[1]);
}

TEST_F(V2Test, NamesWhatItDoesNotKnow) {
  const std::string body =
      Body({Column("age", "INT64", "[1,2]"), Column("city", "BYTES", R"(["Oslo","Ely"])"),
            Column("x", "INT64", "[1,2]")});
  const std::string warnings = ParseJson(Infer(body).body)->at("parameters").at("warnings");
  EXPECT_THAT(warnings, HasSubstr("row 0, city: unseen_category \"Oslo\""));
  EXPECT_THAT(warnings, HasSubstr("x: unknown_field"));
  service_.context.strict = true;
  ExpectRefused(body, "\"x\"");
}

TEST_F(V2Test, NoRowsGiveEmptyOutputs) {
  const Json outputs = Outputs(Body({Column("age", "INT64", "[]", "[0,1]")}));
  EXPECT_EQ(outputs[0].at("data"), Json::array());
  EXPECT_EQ(outputs[0].at("shape"), Json::array({0}));
}

TEST_F(V2Test, RefusesInItsOwnForm) {
  const std::string age = Column("age", "INT64", "[30,41]");
  ExpectRefused("{", "JSON");
  ExpectRefused("[]", "a list");
  ExpectRefused("{}", "inputs are missing");
  ExpectRefused(R"({"inputs":[]})", "inputs are missing");
  ExpectRefused(R"({"inputs":[5]})", "without a name");
  ExpectRefused(Body({age}, ",\"id\":5"), "id is a number");
  ExpectRefused(Body({age}, ",\"id\":\"a\",\"id\":\"b\""), "twice");
  ExpectRefused(Body({age}, ",\"outputs\":[{\"name\":\"labl\"}]"), "Did you mean");
  ExpectRefused(Body({age}, ",\"outputs\":{}"), "an object");
  ExpectRefused(Body({age}, R"(,"outputs":[{"name":"label","parameters":{"classification":2}}])"),
                "classification");
  ExpectRefused(Body({Column("age", "FP99", "[1,2]")}), "FP99");
  ExpectRefused(Body({Column("age", "INT64", "[1,2]", "[3,1]")}), "expected 3 for the shape [3,1]");
  ExpectRefused(Body({Column("age", "INT64", "[1,2]", "[2,1,1]")}), "3 dimensions");
  ExpectRefused(Body({Column("age", "INT64", "[1,2]", "[-2]")}), "0 and more");
  ExpectRefused(Body({Column("age", "INT64", "[1,2]", "2")}), "no shape");
  ExpectRefused(Body({Column("age", "INT64", "5", "[1]")}), "data is a number");
  ExpectRefused(Body({R"({"name":"age","datatype":"INT64","shape":[1]})"}), "no data");
  ExpectRefused(Body({R"({"name":"age","data":[1],"shape":[1]})"}), "no datatype");
  ExpectRefused(Body({Column("age", "INT64", "[1.5,2]")}), "hold 1.5, expected INT64");
  ExpectRefused(Body({Column("age", "INT8", "[1,128]")}), "hold 128");
  ExpectRefused(Body({Column("age", "UINT64", "[1,-1]")}), "hold -1");
  ExpectRefused(Body({Column("married", "BOOL", "[1,2]"), age}), "hold 2");
  ExpectRefused(Body({Column("age", "INT64", "[[[1]],[2]]")}), "a list");
  ExpectRefused(Body({Column("age", "BYTES", R"(["abc","2"])")}), "row 0, \"age\"");
  ExpectRefused(Body({kColumns[1], kColumns[2]}), "\"age\"");
  ExpectRefused(Body({age, age}), "twice");
  ExpectRefused(Body({age, Column("city", "BYTES", R"(["a"])", "[1]")}), "1 rows, expected 2");
  ExpectRefused(Body({Column("all", "FP64", "[1,2]")}), "[rows,4]");
  ExpectRefused(Body({Column("age", "INT64", "[1,2]", "[1,2]")}), "expected [rows]");
  ExpectRefused(
      Body(
          {R"({"name":"age","datatype":"INT64","shape":[1],"parameters":{"shared_memory_region":"x"}})"}),
      "not supported");
  service_.context.max_rows = 1;
  ExpectRefused(Body({age}), "more than 1 rows", {}, 413);
  ExpectRefused(Body({Column("age", "INT64", "[]", "[18446744073709551615]")}), "more than", {},
                413);
}

template <typename T>
std::string Bytes(std::initializer_list<T> values) {
  std::string bytes;
  for (const T value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  return bytes;
}

struct BinaryBody {
  std::string json, tensors;
  void Add(const std::string& name, const std::string& type, const std::string& bytes) {
    json += (json.empty() ? "{\"inputs\":[" : ",") + std::string(R"({"name":")") + name +
            R"(","shape":[2,1],"datatype":")" + type + R"(","parameters":{"binary_data_size":)" +
            std::to_string(bytes.size()) + "}}";
    tensors += bytes;
  }
};

TEST_F(V2Test, BinaryTensorsEqualJson) {
  const Json want = Outputs(Body(kColumns));
  const std::string cities = Bytes<std::uint32_t>({3}) + "Ely" + Bytes<std::uint32_t>({4}) + "York";
  const std::vector<std::pair<std::string, std::string>> ages = {
      {"INT8", Bytes<std::int8_t>({30, 41})},
      {"INT16", Bytes<std::int16_t>({30, 41})},
      {"INT32", Bytes<std::int32_t>({30, 41})},
      {"INT64", Bytes<std::int64_t>({30, 41})},
      {"UINT8", Bytes<std::uint8_t>({30, 41})},
      {"UINT16", Bytes<std::uint16_t>({30, 41})},
      {"UINT32", Bytes<std::uint32_t>({30, 41})},
      {"UINT64", Bytes<std::uint64_t>({30, 41})},
      {"FP32", Bytes<float>({30, 41})},
      {"FP64", Bytes<double>({30, 41})},
      {"FP16", Bytes<std::uint16_t>({0x4F80, 0x5120})}};
  for (const auto& [type, bytes] : ages) {
    BinaryBody body;
    body.Add("age", type, bytes);
    body.Add("city", "BYTES", cities);
    body.Add("income", "FP64", Bytes<double>({2.5, std::nan("")}));
    // A boolean has no byte for a missing value: JSON and bytes may be mixed.
    body.json += "," + kColumns[3] + "]}";
    const std::string length = std::to_string(body.json.size());
    const Response response =
        Infer(body.json + body.tensors, {{"Inference-Header-Content-Length", length}});
    ASSERT_EQ(response.status, 200) << type << response.body;
    EXPECT_EQ(ParseJson(response.body)->at("outputs"), want) << type;
  }
}

TEST_F(V2Test, AnswersInBinaryOnRequest) {
  const Json want = Outputs(Body(kColumns));
  const Response response = Infer(Body(
      kColumns,
      R"(,"parameters":{"binary_data_output":true},"outputs":[{"name":"label"},{"name":"probability","parameters":{"binary_data":false}},{"name":"prediction"}])"));
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.content_type, "application/octet-stream");
  std::size_t length = 0;
  for (const auto& [name, value] : response.headers) {
    if (name == "Inference-Header-Content-Length") length = std::stoul(value);
  }
  const Json json = *ParseJson(std::string_view(response.body).substr(0, length));
  std::string bytes = response.body.substr(length);
  EXPECT_EQ(json.at("outputs")[1].at("data"), want[1].at("data"));
  std::string label = want[0].at("data")[0], other = want[0].at("data")[1];
  const std::string labels =
      Bytes<std::uint32_t>({static_cast<std::uint32_t>(label.size())}) + label +
      Bytes<std::uint32_t>({static_cast<std::uint32_t>(other.size())}) + other;
  EXPECT_EQ(json.at("outputs")[0].at("parameters").at("binary_data_size"), labels.size());
  EXPECT_EQ(bytes, labels + Bytes<std::int64_t>({want[2].at("data")[0].get<std::int64_t>(),
                                                 want[2].at("data")[1].get<std::int64_t>()}));
}

TEST_F(V2Test, RefusesBytesThatDoNotFit) {
  const auto refuse = [&](const std::string& json, const std::string& tensors,
                          const std::string& message) {
    const std::string length = std::to_string(json.size());
    ExpectRefused(json + tensors, message, {{"Inference-Header-Content-Length", length}});
  };
  const auto body = [](const std::string& name, const std::string& type, const std::string& bytes) {
    BinaryBody one;
    one.Add(name, type, bytes);
    return one.json + "]}";
  };
  const std::string ages = Bytes<std::int64_t>({30, 41});
  refuse(body("age", "INT64", ages), "", "among the 0 bytes");
  refuse(body("age", "INT64", ages), ages + "x", "1 bytes follow");
  refuse(body("age", "INT32", ages), ages, "not 2 elements of INT32");
  for (const std::string& texts : {std::string("\x09\0\0\0ab", 6), Bytes<std::uint32_t>({0, 0, 0}),
                                   std::string("abc"), Bytes<std::uint32_t>({0xFFFFFFFF, 0})})
    refuse(body("city", "BYTES", texts), texts, "not 2 elements of BYTES");
  const std::string latin = Bytes<std::uint32_t>({1}) + "\xFF" + Bytes<std::uint32_t>({0});
  refuse(body("city", "BYTES", latin), latin, "UTF-8");
  for (const char* length : {"0", "-1", "x", "99999999999999999999", "5000"})
    ExpectRefused(Body(kColumns), "Inference-Header-Content-Length",
                  {{"Inference-Header-Content-Length", length}});
  ExpectRefused(
      Body(
          {R"({"name":"age","datatype":"INT64","shape":[1],"parameters":{"binary_data_size":-8}})"}),
      "binary_data_size");
}

}  // namespace
}  // namespace reeve::server
