// OpenVINO 2024.0 or later.

#include <cstdlib>

#include <openvino/openvino.hpp>

#include "../rct/classifier.hpp"

namespace rct {
namespace {

class OpenVinoModel : public Model {
 public:
  OpenVinoModel(const std::string& path, const Contract& contract, int threads) {
    if (const char* cache = std::getenv("RCT_OPENVINO_CACHE")) core_.set_property(ov::cache_dir(cache));
    if (threads > 0) core_.set_property("CPU", ov::inference_num_threads(threads));
    std::shared_ptr<ov::Model> model = core_.read_model(path);
    const Rule& rule = contract.rule;
    const size_t height = contract.any_size ? rule.resize_height : rule.height;
    const size_t width = contract.any_size ? rule.resize_width : rule.width;
    model->reshape(ov::PartialShape{1, static_cast<int64_t>(height), static_cast<int64_t>(width), 3});
    request_ = core_
                   .compile_model(model, "CPU", ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY),
                                  ov::hint::inference_precision(ov::element::f32))  // on every processor
                   .create_infer_request();
  }

  std::vector<float> score(const Picture& picture) override {
    ov::Tensor input = request_.get_input_tensor();
    std::copy(picture.pixels.begin(), picture.pixels.end(), input.data<uint8_t>());
    request_.infer();
    const ov::Tensor output = request_.get_output_tensor(0);
    return {output.data<float>(), output.data<float>() + output.get_size()};
  }

 private:
  ov::Core core_;
  ov::InferRequest request_;
};

}  // namespace

const char* runtime_format() { return "openvino"; }

std::unique_ptr<Model> load_model(const std::string& path, const Contract& contract, int threads) {
  return std::make_unique<OpenVinoModel>(path, contract, threads);
}

}  // namespace rct
