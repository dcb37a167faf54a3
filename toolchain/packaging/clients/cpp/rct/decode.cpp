#include "decode.hpp"

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <jpeglib.h>
#include <jerror.h>
#include <png.h>

#include "container.hpp"
#include "orientation.hpp"

namespace rct {
namespace {

// What a decoder leaves; it outlives the jumps that C libraries make on errors.
struct Decoded {
  Picture rgb;
  std::vector<uint8_t> raw;       // as the library wrote it: CMYK or RGBA
  std::vector<png_bytep> rows;    // of a PNG
  int orientation = 1;
  char problem[JMSG_LENGTH_MAX] = "";
};

void check_size(int64_t width, int64_t height) {
  if (width * height > MAX_PIXELS || width > MAX_SIDE || height > MAX_SIDE)
    throw std::runtime_error("picture: too large (got " + std::to_string(width) + "x" + std::to_string(height) +
                             "; at most " + std::to_string(MAX_PIXELS) + " pixels and " + std::to_string(MAX_SIDE) +
                             " on a side). Make it smaller.");
}

struct JpegError {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  Decoded* out;
};

[[noreturn]] void jpeg_failed(j_common_ptr info) {
  auto* error = reinterpret_cast<JpegError*>(info->err);
  error->manager.format_message(info, error->out->problem);
  std::longjmp(error->jump, 1);
}

void jpeg_warned(j_common_ptr info, int level) {  // lenient as other viewers are, but half a picture is none
  if (level < 0 && info->err->msg_code == JWRN_JPEG_EOF) jpeg_failed(info);
}

// A scan costs as much as the picture has blocks, even where it changes none; cameras make at most about a dozen.
void count_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= MAX_SCANS) return;
  auto* error = reinterpret_cast<JpegError*>(info->err);
  std::snprintf(error->out->problem, sizeof error->out->problem, "more than %d scans", MAX_SCANS);
  std::longjmp(error->jump, 1);
}

bool read_jpeg(const std::vector<uint8_t>& encoded, Decoded& out) {
  jpeg_decompress_struct info;
  JpegError error;
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = jpeg_failed;
  error.manager.emit_message = jpeg_warned;
  error.out = &out;
  jpeg_progress_mgr progress{};
  progress.progress_monitor = count_scans;
  if (setjmp(error.jump)) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, const_cast<uint8_t*>(encoded.data()), encoded.size());
  jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&info, TRUE);
  try {
    check_size(info.image_width, info.image_height);
    const bool four = info.num_components == 4;
    info.out_color_space = four ? JCS_CMYK : JCS_RGB;
    out.rgb = Picture(static_cast<int>(info.image_width), static_cast<int>(info.image_height));
    if (four) out.raw.resize(out.rgb.pixels.size() / 3 * 4);
  } catch (...) {
    jpeg_destroy_decompress(&info);
    throw;
  }
  for (jpeg_saved_marker_ptr marker = info.marker_list; marker; marker = marker->next)
    if (marker->data_length > 6 && std::memcmp(marker->data, "Exif\0\0", 6) == 0) {
      out.orientation = orientation_in(marker->data + 6, marker->data_length - 6);
      break;
    }
  jpeg_start_decompress(&info);
  uint8_t* pixels = out.raw.empty() ? out.rgb.pixels.data() : out.raw.data();
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels + size_t{info.output_scanline} * info.output_width * info.output_components;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_destroy_decompress(&info);
  for (size_t i = 0; i < out.raw.size() / 4; ++i)  // inks are stored inverted: 255 is none
    for (int c = 0; c < 3; ++c)
      out.rgb.pixels[i * 3 + c] = static_cast<uint8_t>((out.raw[i * 4 + c] * out.raw[i * 4 + 3] + 127) / 255);
  return true;
}

struct PngBytes {
  const std::vector<uint8_t>* encoded;
  size_t at;
};

void png_take(png_structp png, png_bytep target, size_t size) {
  auto* bytes = static_cast<PngBytes*>(png_get_io_ptr(png));
  if (size > bytes->encoded->size() - bytes->at) png_error(png, "it ends too early");
  std::memcpy(target, bytes->encoded->data() + bytes->at, size);
  bytes->at += size;
}

[[noreturn]] void png_failed(png_structp png, png_const_charp message) {
  auto* out = static_cast<Decoded*>(png_get_error_ptr(png));
  std::snprintf(out->problem, sizeof out->problem, "%s", message);
  png_longjmp(png, 1);
}

void png_warned(png_structp, png_const_charp) {}

bool read_png(const std::vector<uint8_t>& encoded, Decoded& out) {
  PngBytes bytes{&encoded, 0};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &out, png_failed, png_warned);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, nullptr);
    return false;
  }
  png_set_read_fn(png, &bytes, png_take);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);  // ours are below
  png_set_chunk_malloc_max(png, 8 << 20);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // what is no pixel is not unpacked,
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, reinterpret_cast<png_const_bytep>("eXIf"), 1);  // but EXIF
  png_read_info(png, info);
  try {
    check_size(png_get_image_width(png, info), png_get_image_height(png, info));
    out.rgb = Picture(static_cast<int>(png_get_image_width(png, info)),
                      static_cast<int>(png_get_image_height(png, info)));
    out.raw.resize(out.rgb.pixels.size() / 3 * 4);
    for (int y = 0; y < out.rgb.height; ++y) out.rows.push_back(&out.raw[size_t(y) * out.rgb.width * 4]);
  } catch (...) {
    png_destroy_read_struct(&png, &info, nullptr);
    throw;
  }
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  png_read_image(png, out.rows.data());
  png_read_end(png, info);
  png_bytep exif = nullptr;
  png_uint_32 size = 0;
  if (png_get_eXIf_1(png, info, &size, &exif)) out.orientation = orientation_in(exif, size);
  png_destroy_read_struct(&png, &info, nullptr);
  return true;
}

void lay_on(Decoded& out, Colour background) {
  for (size_t i = 0; i < out.raw.size() / 4; ++i)
    for (int c = 0, alpha = out.raw[i * 4 + 3]; c < 3; ++c)
      out.rgb.pixels[i * 3 + c] =
          static_cast<uint8_t>((alpha * out.raw[i * 4 + c] + (255 - alpha) * background[c] + 127) / 255);
}

bool starts_with(const std::vector<uint8_t>& encoded, const char* mark, size_t size) {
  return encoded.size() >= size && std::memcmp(encoded.data(), mark, size) == 0;
}

bool is_jpeg(const std::vector<uint8_t>& encoded) { return starts_with(encoded, "\xff\xd8\xff", 3); }
bool is_png(const std::vector<uint8_t>& encoded) { return starts_with(encoded, "\x89PNG\r\n\x1a\n", 8); }

}  // namespace

bool can_decode(const std::vector<uint8_t>& encoded) { return is_jpeg(encoded) || is_png(encoded); }

Picture decode(const std::vector<uint8_t>& encoded, const Rule& rule) {
  if (encoded.empty()) throw std::runtime_error("picture: empty (got 0 bytes).");
  if (!can_decode(encoded)) throw std::runtime_error("picture: neither JPEG nor PNG. Convert it to one of them.");
  Decoded out;
  const bool png = is_png(encoded);
  const std::string excess = png ? png_excess(encoded) : jpeg_excess(encoded);
  if (excess.empty() && png && png_moves(encoded))
    throw std::runtime_error("picture: several frames, and only the first would be scored. Let a person look.");
  if (!excess.empty() || !(png ? read_png(encoded, out) : read_jpeg(encoded, out)))
    throw std::runtime_error(std::string("picture: a damaged or unusual ") + (png ? "PNG" : "JPEG") + " (" +
                             (excess.empty() ? out.problem : excess) + ").");
  if (png) lay_on(out, rule.background);
  return upright(std::move(out.rgb), rule.exif_rotation ? out.orientation : 1);
}

}  // namespace rct
