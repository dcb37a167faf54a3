// LiteRT's C API, 2.1 or later, on the CPU.

#include <litert/c/litert_common.h>
#include <litert/c/litert_compiled_model.h>
#include <litert/c/litert_environment.h>
#include <litert/c/litert_model.h>
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

template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, void (*)(Handle)>;

class LiteRtClassifier : public Model {
 public:
  LiteRtClassifier(const std::string& path, const Contract& contract) {
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
  if (threads > 0) throw std::runtime_error("threads: LiteRT's library has no function to set them. Leave them out.");
  return std::make_unique<LiteRtClassifier>(path, contract);
}

}  // namespace rct
