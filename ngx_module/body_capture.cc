// A body's chain may end in a special buffer (last_buf, neither memory nor file): it holds nothing.
#include "ngx_module/body_capture.h"

#include <algorithm>

namespace tripgate {
namespace {

std::uint64_t size_of(const ngx_buf_t* buf) noexcept {
  if (ngx_buf_in_memory(buf)) return static_cast<std::uint64_t>(buf->last - buf->pos);
  if (buf->in_file) return static_cast<std::uint64_t>(buf->file_last - buf->file_pos);
  return 0;
}

bool read_buf(const ngx_buf_t* buf, std::uint64_t offset, std::span<std::uint8_t> out) noexcept {
  if (ngx_buf_in_memory(buf)) {
    std::memcpy(out.data(), buf->pos + offset, out.size());
    return true;
  }
  const auto at = buf->file_pos + static_cast<off_t>(offset);
  return ngx_read_file(buf->file, out.data(), out.size(), at) == static_cast<ssize_t>(out.size());
}

}  // namespace

BodyReader::BodyReader(const ngx_http_request_t* r) noexcept {
  if (r->request_body == nullptr) return;
  first_ = at_ = r->request_body->bufs;
  for (const ngx_chain_t* link = first_; link != nullptr; link = link->next) {
    size_ += size_of(link->buf);
    if (ngx_buf_in_memory(link->buf)) memory_size_ += size_of(link->buf);
  }
}

bool BodyReader::seek(std::uint64_t offset) noexcept {
  if (offset < start_) {
    at_ = first_;
    start_ = 0;
  }
  while (at_ != nullptr && offset >= start_ + size_of(at_->buf)) {
    start_ += size_of(at_->buf);
    at_ = at_->next;
  }
  return at_ != nullptr;
}

bool BodyReader::read(std::uint64_t offset, std::span<std::uint8_t> out) noexcept {
  while (!out.empty()) {
    if (!seek(offset)) return false;
    const std::uint64_t inside = offset - start_;
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_of(at_->buf) - inside));
    if (!read_buf(at_->buf, inside, std::span<std::uint8_t>(out.data(), size))) return false;
    out = std::span<std::uint8_t>(out.data() + size, out.size() - size);
    offset += size;
  }
  return true;
}

}  // namespace tripgate
