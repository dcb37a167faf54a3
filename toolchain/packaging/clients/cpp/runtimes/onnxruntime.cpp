// ONNX Runtime's C API, 1.17 or later.

#include <onnxruntime_c_api.h>

#include "../rct/classifier.hpp"

namespace rct {
namespace {

const OrtApi& api() {
  static const OrtApi* const found = OrtGetApiBase()->GetApi(17);
  if (!found) throw std::runtime_error("ONNX Runtime: too old. Link 1.17 or later.");
  return *found;
}

void check(OrtStatus* status) {
  if (!status) return;
  const std::string message = api().GetErrorMessage(status);
  api().ReleaseStatus(status);
  throw std::runtime_error("ONNX Runtime: " + message);
}

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

class OnnxRuntimeModel : public Model {
 public:
  OnnxRuntimeModel(const std::string& path, const Contract& contract, int threads)
      : input_(contract.input), output_(contract.output) {
    OrtEnv* env = nullptr;
    check(api().CreateEnv(ORT_LOGGING_LEVEL_ERROR, "rct", &env));
    env_.reset(env);
    OrtSessionOptions* options = nullptr;
    check(api().CreateSessionOptions(&options));
    const Owned<OrtSessionOptions> owned(options, api().ReleaseSessionOptions);
    if (threads > 0) check(api().SetIntraOpNumThreads(options, threads));
    OrtSession* session = nullptr;
    check(api().CreateSession(env, path.c_str(), options, &session));  // a wchar_t path on Windows
    session_.reset(session);
    OrtMemoryInfo* memory = nullptr;
    check(api().CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
    memory_.reset(memory);
  }

  std::vector<float> score(const Picture& picture) override {
    const int64_t shape[] = {1, picture.height, picture.width, 3};
    OrtValue* input = nullptr;
    check(api().CreateTensorWithDataAsOrtValue(memory_.get(), const_cast<uint8_t*>(picture.pixels.data()),
                                               picture.pixels.size(), shape, 4, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8,
                                               &input));
    const Owned<OrtValue> owned_input(input, api().ReleaseValue);
    const char* input_name = input_.c_str();
    const char* output_name = output_.c_str();
    OrtValue* output = nullptr;
    check(api().Run(session_.get(), nullptr, &input_name, &input, 1, &output_name, 1, &output));
    const Owned<OrtValue> owned_output(output, api().ReleaseValue);
    OrtTensorTypeAndShapeInfo* info = nullptr;
    check(api().GetTensorTypeAndShape(output, &info));
    const Owned<OrtTensorTypeAndShapeInfo> owned_info(info, api().ReleaseTensorTypeAndShapeInfo);
    size_t count = 0;
    check(api().GetTensorShapeElementCount(info, &count));
    void* scores = nullptr;
    check(api().GetTensorMutableData(output, &scores));
    return {static_cast<float*>(scores), static_cast<float*>(scores) + count};
  }

 private:
  std::string input_, output_;
  Owned<OrtEnv> env_{nullptr, api().ReleaseEnv};  // released last
  Owned<OrtSession> session_{nullptr, api().ReleaseSession};
  Owned<OrtMemoryInfo> memory_{nullptr, api().ReleaseMemoryInfo};
};

}  // namespace

const char* runtime_format() { return "onnx"; }

std::unique_ptr<Model> load_model(const std::string& path, const Contract& contract, int threads) {
  return std::make_unique<OnnxRuntimeModel>(path, contract, threads);
}

}  // namespace rct
