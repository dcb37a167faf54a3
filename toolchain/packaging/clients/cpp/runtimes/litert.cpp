// LiteRT's C API, 2.2 or later, on the CPU.

#include <cstdlib>
#include <cstring>

#include <litert/c/litert_common.h>
#include <litert/c/litert_compiled_model.h>
#include <litert/c/litert_environment.h>
#include <litert/c/litert_model.h>
#include <litert/c/litert_opaque_options.h>
#include <litert/c/litert_options.h>
#include <litert/c/litert_tensor_buffer.h>

#include "../rct/classifier.hpp"

namespace rct {
namespace {

void check(LiteRtStatus status, const char* what) {
  if (status != kLiteRtStatusOk)
    throw std::runtime_error(std::string("LiteRT: ") + what + " failed (status " + std::to_string(status) + ").");
}

LiteRtRankedTensorType type_of(LiteRtElementType element, std::initializer_list<int> shape) {
  LiteRtRankedTensorType type{};
  type.element_type = element;
  type.layout.rank = static_cast<unsigned>(shape.size());
  std::copy(shape.begin(), shape.end(), type.layout.dimensions);
  return type;
}

// The CPU's options are text of the name "xnnpack", as LiteRT's own LrtSetCpuOptionsNumThread writes them.
void set_threads(LiteRtOptions options, int threads) {
  const std::string text = "num_threads = " + std::to_string(threads) + "\n";
  char* payload = static_cast<char*>(std::malloc(text.size() + 1));
  if (!payload) throw std::bad_alloc();
  std::memcpy(payload, text.c_str(), text.size() + 1);
  LiteRtOpaqueOptions of_cpu = nullptr;
  check(LiteRtCreateOpaqueOptions("xnnpack", payload, std::free, &of_cpu), "making the CPU's options");
  check(LiteRtAddOpaqueOptions(options, of_cpu), "setting the number of threads");  // which then owns them
}

template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, void (*)(Handle)>;

class LiteRtClassifier : public Model {
 public:
  LiteRtClassifier(const std::string& path, const Contract& contract, int threads) {
    const Rule& rule = contract.rule;
    const int height = contract.any_size ? rule.resize_height : rule.height;
    const int width = contract.any_size ? rule.resize_width : rule.width;
    const int categories = static_cast<int>(contract.categories.size());
    LiteRtEnvironment environment = nullptr;
    check(LiteRtCreateEnvironment(0, nullptr, &environment), "starting");
    environment_.reset(environment);
    LiteRtModel model = nullptr;
    check(LiteRtCreateModelFromFile(environment, path.c_str(), &model), "reading the model");
    model_.reset(model);
    LiteRtOptions options = nullptr;
    check(LiteRtCreateOptions(&options), "making options");
    const Owned<LiteRtOptions> owned(options, LiteRtDestroyOptions);
    check(LiteRtSetOptionsHardwareAccelerators(options, kLiteRtHwAcceleratorCpu), "choosing the CPU");
    if (threads > 0) set_threads(options, threads);
    LiteRtCompiledModel compiled = nullptr;
    check(LiteRtCreateCompiledModel(environment, model, options, &compiled), "compiling the model");
    compiled_.reset(compiled);
    const int shape[] = {1, height, width, 3};
    check(LiteRtCompiledModelResizeInputTensor(compiled, 0, 0, shape, 4), "setting the input's size");
    input_.reset(buffer(kLiteRtElementTypeUInt8, {1, height, width, 3}, size_t(height) * width * 3));
    output_.reset(buffer(kLiteRtElementTypeFloat32, {1, categories}, sizeof(float) * categories));
    scores_.resize(categories);
  }

  std::vector<float> score(const Picture& picture) override {
    copy(input_.get(), kLiteRtTensorBufferLockModeWrite,
         [&](void* memory) { std::copy(picture.pixels.begin(), picture.pixels.end(), static_cast<uint8_t*>(memory)); });
    LiteRtTensorBuffer input = input_.get(), output = output_.get();
    check(LiteRtRunCompiledModel(compiled_.get(), 0, 1, &input, 1, &output), "running the model");
    copy(output, kLiteRtTensorBufferLockModeRead,
         [&](void* memory) { std::copy_n(static_cast<float*>(memory), scores_.size(), scores_.begin()); });
    return scores_;
  }

 private:
  LiteRtTensorBuffer buffer(LiteRtElementType element, std::initializer_list<int> shape, size_t bytes) {
    const LiteRtRankedTensorType type = type_of(element, shape);
    LiteRtTensorBuffer made = nullptr;
    check(LiteRtCreateManagedTensorBuffer(environment_.get(), kLiteRtTensorBufferTypeHostMemory, &type, bytes, &made),
          "making a buffer");
    return made;
  }

  template <class Act>
  static void copy(LiteRtTensorBuffer buffer, LiteRtTensorBufferLockMode mode, Act act) {
    void* memory = nullptr;
    check(LiteRtLockTensorBuffer(buffer, &memory, mode), "opening a buffer");
    act(memory);
    check(LiteRtUnlockTensorBuffer(buffer), "closing a buffer");
  }

  Owned<LiteRtEnvironment> environment_{nullptr, LiteRtDestroyEnvironment};  // destroyed last
  Owned<LiteRtModel> model_{nullptr, LiteRtDestroyModel};
  Owned<LiteRtCompiledModel> compiled_{nullptr, LiteRtDestroyCompiledModel};
  Owned<LiteRtTensorBuffer> input_{nullptr, LiteRtDestroyTensorBuffer}, output_{nullptr, LiteRtDestroyTensorBuffer};
  std::vector<float> scores_;
};

}  // namespace

const char* runtime_format() { return "tflite"; }

std::unique_ptr<Model> load_model(const std::string& path, const Contract& contract, int threads) {
  return std::make_unique<LiteRtClassifier>(path, contract, threads);
}

}  // namespace rct
