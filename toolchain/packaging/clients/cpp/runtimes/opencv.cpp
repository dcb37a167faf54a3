// OpenCV's DNN module: 5, or 4.6 and the model that runtimes/opencv_model.py writes.

#include <filesystem>

#include <opencv2/core/utils/logger.hpp>
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

// Takes the model rewritten for OpenCV 4.6 where it lies beside the one of the bundle.
std::unique_ptr<Model> load_model(const std::string& path, const Contract&, int threads) {
  if (threads > 0) cv::setNumThreads(threads);  // of the whole process: OpenCV has no other
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);  // its exceptions say the same
  const std::string rewritten = path + ".opencv";
  return std::make_unique<OpenCvModel>(std::filesystem::exists(rewritten) ? rewritten : path);
}

}  // namespace rct
