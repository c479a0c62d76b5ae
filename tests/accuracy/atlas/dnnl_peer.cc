// oneDNN's elementwise primitives.
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/accuracy/atlas/peers.h"
#include "tests/peers/dnnl_operations.h"

namespace activation::atlas {
namespace {

dnnl::memory::data_type TypeOf(DType dtype) {
  return dtype == DType::kF32    ? dnnl::memory::data_type::f32
         : dtype == DType::kBF16 ? dnnl::memory::data_type::bf16
                                 : dnnl::memory::data_type::f16;
}

// A primitive belongs to one number of elements, and is made when that changes.
class DnnlFunction : public PeerFunction {
 public:
  DnnlFunction(const dnnl::engine& engine, const DnnlOperation& operation, const Task& task)
      : engine_(engine), stream_(engine), operation_(operation), task_(task) {
    // 1.0 in each type.
    const uint32_t one = task.dtype == DType::kF32 ? 0x3f800000 : 0x3f803f80;
    ones_.assign(kMaxBlock * SizeOf(task.dtype) / sizeof(one), one);
  }

  std::string call() const override {
    return absl::StrCat(operation_.call,
                        task_.direction == Direction::kForward ? "" : ", backward");
  }

  absl::Status Evaluate(const void* x, void* out, size_t count) override try {
    if (count != count_) Make(count);
    x_.set_data_handle(const_cast<void*>(x));  // NOLINT: its interface has no const
    out_.set_data_handle(out);
    primitive_.execute(stream_, arguments_);
    stream_.wait();
    return absl::OkStatus();
  } catch (const dnnl::error& error) {
    return absl::UnavailableError(absl::StrCat("oneDNN: ", error.what()));
  }

  // Throws dnnl::error where oneDNN has no such primitive on this machine.
  void Make(size_t count) {
    const dnnl::memory::desc shape({static_cast<dnnl::memory::dim>(count)}, TypeOf(task_.dtype),
                                   dnnl::memory::format_tag::a);
    x_ = dnnl::memory(shape, engine_, nullptr);
    out_ = dnnl::memory(shape, engine_, nullptr);
    dy_ = dnnl::memory(shape, engine_, ones_.data());
    primitive_ = MakeDnnlPrimitive(operation_, task_.direction, shape, engine_);
    if (task_.direction == Direction::kForward) {
      arguments_ = {{DNNL_ARG_SRC, x_}, {DNNL_ARG_DST, out_}};
    } else {
      arguments_ = {{DNNL_ARG_SRC, x_}, {DNNL_ARG_DIFF_DST, dy_}, {DNNL_ARG_DIFF_SRC, out_}};
    }
    count_ = count;
  }

 private:
  dnnl::engine engine_;
  dnnl::stream stream_;
  const DnnlOperation& operation_;
  const Task task_;
  std::vector<uint32_t> ones_;
  size_t count_ = 0;
  dnnl::memory x_;
  dnnl::memory dy_;
  dnnl::memory out_;
  dnnl::primitive primitive_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

class DnnlPeer : public Peer {
 public:
  DnnlPeer() : engine_(dnnl::engine::kind::cpu, 0) {
    info_ = {"oneDNN", DnnlVersion(), "default",
             "Debian's libdnnl-dev; no mode trades accuracy for speed in f32 elementwise "
             "primitives of this release"};
  }

  const PeerInfo& info() const override { return info_; }

  std::unique_ptr<PeerFunction> Find(const Task& task) override {
    const DnnlOperation* operation = FindDnnlOperation(task.subject->name);
    if (operation == nullptr) return nullptr;
    auto function = std::make_unique<DnnlFunction>(engine_, *operation, task);
    try {
      function->Make(1024);
    } catch (const dnnl::error&) {
      return nullptr;
    }
    return function;
  }

 private:
  dnnl::engine engine_;
  PeerInfo info_;
};

}  // namespace

std::unique_ptr<Peer> MakeDnnlPeer() { return std::make_unique<DnnlPeer>(); }

}  // namespace activation::atlas
