#include "reeve/base/nearest.h"

#include <gtest/gtest.h>

namespace reeve {
namespace {

const std::vector<std::string>& Words() {
  static const std::vector<std::string> words = {"accuracy", "auc", "log_loss", "loan_status"};
  return words;
}

TEST(NearestTest, FindsTypingMistakes) {
  struct Case {
    const char* typed;
    const char* meant;
    const char* kind;
  };
  for (const auto& [typed, meant, kind] : {
           Case{"acuracy", "accuracy", "a letter left out"},
           Case{"accurracy", "accuracy", "a letter too many"},
           Case{"accutacy", "accuracy", "another letter"},
           Case{"accuarcy", "accuracy", "neighbours swapped"},
           Case{"ACCURACY", "accuracy", "another case"},
           Case{"loan_state", "loan_status", "two letters"},
           Case{"logloss", "log_loss", "no underscore"},
           Case{"log-loss", "log_loss", "a dash"},
           Case{"acu", "auc", "a short word swapped"},
           Case{"auc", "auc", "the word itself"},
       }) {
    EXPECT_EQ(Nearest(typed, Words()), meant) << kind;
  }
}

TEST(NearestTest, FindsNothingFar) {
  for (const char* const typed : {"zebra", "", "loan", "log_loss_of_everything"}) {
    EXPECT_EQ(Nearest(typed, Words()), std::nullopt) << typed;
  }
  EXPECT_EQ(Nearest("z", {"y", "x"}), std::nullopt) << "one letter is not near another";
  EXPECT_EQ(Nearest(std::string(100'000, 'a'), {std::string(100'000, 'a')}), std::nullopt);
  EXPECT_EQ(Nearest("a", {}), std::nullopt);
}

TEST(NearestTest, PrefersTheNearestThenTheFirst) {
  EXPECT_EQ(Nearest("colunm_b", {"column_a", "column_b"}), "column_b");
  EXPECT_EQ(Nearest("column_c", {"column_b", "column_a"}), "column_b");
}

TEST(SuggestTest, NamesTheNearestElseWhatThereIs) {
  EXPECT_EQ(Suggest("acuracy", Words()), " Did you mean \"accuracy\"?");
  EXPECT_EQ(Suggest("zebra", Words()), " Valid: accuracy, auc, log_loss, loan_status.");
  EXPECT_EQ(Suggest("zebra", {}), "");
  EXPECT_EQ(Suggest("zebra", {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"}),
            " Valid: a1, a2, a3, a4, a5, a6, a7, a8, ….");
}

}  // namespace
}  // namespace reeve
