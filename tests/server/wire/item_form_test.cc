#include "server/wire/item_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "activation/v1/activation.pb.h"
#include "server/wire/decode.h"

namespace activation::wire {
namespace {

// One field of an item with `content`, whatever that is.
std::string Field(int number, const std::string& content) {
  // A length of two bytes, and so a value of less than 2^14.
  return absl::StrCat(std::string(1, static_cast<char>(BytesTag(number))),
                      std::string(1, static_cast<char>(content.size() % 128 + 128)),
                      std::string(1, static_cast<char>(content.size() / 128)), content);
}

std::string Tensor(const std::vector<int64_t>& shape, char content) {
  v1::Tensor tensor;
  tensor.set_dtype(v1::DTYPE_F32);
  size_t count = 1;
  for (const int64_t extent : shape) {
    tensor.add_shape(extent);
    count *= static_cast<size_t>(extent);
  }
  tensor.set_data(std::string(4 * count, content));
  return tensor.SerializeAsString();
}

// An item that may be as its neighbour but for what tensors hold, and may differ in anything: in
// the order of its fields, in how often they come, in what it wishes for, in fields that nobody
// knows.
std::string AnItem(std::mt19937& random) {
  const auto one_in = [&random](unsigned n) { return random() % n == 0; };
  const auto content = [&random] { return static_cast<char>(random() % 3 + 1); };
  const std::vector<int64_t> shape = one_in(6)   ? std::vector<int64_t>{1, 6}
                                     : one_in(6) ? std::vector<int64_t>{5}
                                                 : std::vector<int64_t>{6};
  v1::Activation activation;
  activation.set_function(one_in(8)   ? "elu"
                          : one_in(8) ? "softmax"
                          : one_in(8) ? "swiglu"
                                      : "celu");
  if (one_in(4)) (*activation.mutable_parameters())["alpha"] = one_in(2) ? 2 : 3;
  std::vector<std::string> fields = {
      Field(v1::GradientItem::kActivationFieldNumber, activation.SerializeAsString()),
      Field(v1::GradientItem::kXFieldNumber, Tensor(shape, content()))};
  if (!one_in(3)) {
    fields.push_back(Field(v1::GradientItem::kDyFieldNumber, Tensor(shape, content())));
  }
  // Taken together with the other x: its extents are added to those, its data is what counts.
  if (one_in(12)) {
    v1::Tensor again;
    again.set_data(std::string(24, content()));
    fields.push_back(Field(v1::GradientItem::kXFieldNumber, again.SerializeAsString()));
  }
  if (one_in(12)) fields.push_back(std::string{v1::GradientItem::kStatisticsFieldNumber << 3, 1});
  if (one_in(12)) {
    fields.push_back(std::string{v1::GradientItem::kParameterGradientsFieldNumber << 3, 1});
  }
  if (one_in(12)) fields.push_back(Field(15, std::string(3, content())));
  if (one_in(6)) std::shuffle(fields.begin(), fields.end(), random);
  return Field(v1::GradientRequest::kItemsFieldNumber, absl::StrJoin(fields, ""));
}

// What an evaluation and its result are, as text.
std::string Said(const Batch& batch, size_t i) {
  const Evaluation& e = batch.evaluations[i];
  return absl::StrCat(e.function, " ", Name(e.tier), " ", Name(e.dtype), " ", Name(e.direction),
                      " ", Name(e.placement), " ", e.count, " ",
                      absl::StrJoin(e.params.values, ","), " x ", reinterpret_cast<uintptr_t>(e.x),
                      " dy ", reinterpret_cast<uintptr_t>(e.dy), " wishes ",
                      e.parameter_gradients != nullptr, e.statistics != nullptr,
                      HasResult(batch, i), " layout ", e.layout.outer, " ", e.layout.extent, " ",
                      e.layout.inner, " shape ", absl::StrJoin(batch.shapes[i], ","));
}

TEST(ItemFormTest, ABatchIsWhatItsItemsAreAlone) {
  std::mt19937 random(7);
  size_t batches = 0;
  for (int turn = 0; turn < 20000; ++turn) {
    std::vector<std::string> items;
    std::string bytes;
    for (int i = 0; i < 6; ++i) bytes += items.emplace_back(AnItem(random));
    const absl::StatusOr<Batch> batch = Decode(Direction::kGradient, bytes, Limits());
    size_t begin = 0;
    bool is_right = true;
    for (size_t i = 0; i < items.size(); ++i) {
      SCOPED_TRACE(absl::StrCat("turn ", turn, ", item ", i));
      const absl::string_view view = absl::string_view(bytes).substr(begin, items[i].size());
      begin += view.size();
      const absl::StatusOr<Batch> alone = Decode(Direction::kGradient, view, Limits());
      if (!alone.ok()) {
        is_right = false;
        // The first that is refused is what the batch is refused for.
        ASSERT_EQ(batch.status().code(), alone.status().code());
        ASSERT_NE(batch.status().message().find(absl::StrCat("items[", i, "].")), std::string::npos)
            << batch.status();
        break;
      }
      if (batch.ok()) {
        ASSERT_EQ(Said(*batch, i), Said(*alone, 0));
      }
    }
    ASSERT_EQ(batch.ok(), is_right) << "turn " << turn << ": " << batch.status();
    if (!batch.ok()) continue;
    ++batches;
    ASSERT_EQ(batch->evaluations.size(), items.size());
  }
  EXPECT_GT(batches, 1000U);
}

TEST(ItemFormTest, WhereverABatchIsCutItSaysTheSame) {
  v1::ForwardRequest request;
  for (int i = 0; i < 3; ++i) {
    v1::ForwardItem* const item = request.add_items();
    item->mutable_activation()->set_function("gelu");
    item->mutable_x()->set_dtype(v1::DTYPE_F32);
    item->mutable_x()->add_shape(2);
    item->mutable_x()->set_data(std::string(8, static_cast<char>('a' + i)));
  }
  const std::string bytes = request.SerializeAsString();
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    for (size_t second = cut; second <= bytes.size(); ++second) {
      const absl::string_view pieces[] = {absl::string_view(bytes).substr(0, cut),
                                          absl::string_view(bytes).substr(cut, second - cut),
                                          absl::string_view(bytes).substr(second)};
      const absl::StatusOr<Batch> batch = Decode(Direction::kForward, pieces, Limits());
      ASSERT_TRUE(batch.ok()) << cut << ", " << second << ": " << batch.status();
      ASSERT_EQ(batch->evaluations.size(), 3U);
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(batch->evaluations[i].count, 2U);
        const auto* const x = static_cast<const char*>(batch->evaluations[i].x);
        const bool scattered =
            std::any_of(batch->scattered.begin(), batch->scattered.end(),
                        [i](const ScatteredItem& item) { return item.index == i; });
        ASSERT_EQ(x == nullptr, scattered) << cut << ", " << second;
        if (x != nullptr) {
          EXPECT_EQ(*x, static_cast<char>('a' + i));
        }
      }
    }
  }
}

// The form of the one item of `request`.
std::optional<ItemForm> FormOf(const std::string& bytes, Direction direction) {
  const absl::string_view view = bytes;
  Reader of_item(Pieces(&view, 1));
  uint32_t tag = 0;
  Item item;
  EXPECT_TRUE(of_item.ReadTag(&tag));
  EXPECT_TRUE(ReadItem(direction, Limits(), &of_item, &item));
  return ItemForm::Of(bytes, item);
}

TEST(ItemFormTest, FitsWhatDiffersInContentAlone) {
  const std::string a = Field(1, Field(1, "") + Field(2, Tensor({2, 3}, 'a')));
  const std::string b = Field(1, Field(1, "") + Field(2, Tensor({2, 3}, 'b')));
  const std::string c = Field(1, Field(1, "") + Field(2, Tensor({3, 2}, 'a')));
  const std::optional<ItemForm> form = FormOf(a, Direction::kForward);
  ASSERT_TRUE(form.has_value());
  EXPECT_EQ(form->size(), a.size());
  EXPECT_EQ(a.substr(form->x(), 24), std::string(24, 'a'));
  EXPECT_TRUE(form->Fits(b));
  EXPECT_TRUE(form->Fits(b + c)) << "what comes after it does not matter";
  EXPECT_FALSE(form->Fits(c));
  EXPECT_FALSE(form->Fits(b.substr(0, b.size() - 1))) << "it is cut";
  EXPECT_FALSE(form->Fits(""));
}

TEST(ItemFormTest, ThereIsNoneWhereMoreThanContentDecides) {
  v1::GradientRequest request;
  v1::GradientItem* const item = request.add_items();
  *item->mutable_x() = v1::Tensor();
  item->mutable_x()->set_data("abcd");
  const auto has_form = [&request] {
    return FormOf(request.SerializeAsString(), Direction::kGradient).has_value();
  };
  EXPECT_TRUE(has_form());
  item->set_statistics(true);
  EXPECT_FALSE(has_form());
  item->set_statistics(false);
  item->set_parameter_gradients(true);
  EXPECT_FALSE(has_form());
  item->set_parameter_gradients(false);
  item->mutable_weight()->set_data("w");
  EXPECT_FALSE(has_form());
  item->clear_weight();
  item->mutable_output()->set_region("r");
  EXPECT_FALSE(has_form());
  item->clear_output();
  item->mutable_dy()->mutable_shared_memory()->set_region("r");
  EXPECT_FALSE(has_form());
  item->mutable_dy()->set_data("dy");
  EXPECT_TRUE(has_form());
  item->mutable_x()->mutable_shared_memory()->set_region("r");
  EXPECT_FALSE(has_form());
}

}  // namespace
}  // namespace activation::wire
