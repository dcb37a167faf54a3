// OpenCV's DNN module.

#include <opencv2/dnn.hpp>

#include "../rct/classifier.hpp"

namespace rct {
namespace {

class OpenCvModel : public Model {
 public:
  explicit OpenCvModel(const std::string& path) : net_(cv::dnn::readNetFromONNX(path)) {}

  std::vector<float> score(const Picture& picture) override {
    const int shape[] = {1, picture.height, picture.width, 3};
    net_.setInput(cv::Mat(4, shape, CV_8U, const_cast<uint8_t*>(picture.pixels.data())));
    const cv::Mat scores = net_.forward();
    return {scores.ptr<float>(), scores.ptr<float>() + scores.total()};
  }

 private:
  cv::dnn::Net net_;
};

}  // namespace

const char* runtime_format() { return "onnx"; }

std::unique_ptr<Model> load_model(const std::string& path, const Contract&) {
  return std::make_unique<OpenCvModel>(path);
}

}  // namespace rct
