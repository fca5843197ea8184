#include "support/copy_data_editor.h"

#include <algorithm>

namespace pghaul::support {

std::string CopyDataEditor::edit(std::string_view bytes, std::string_view text, std::string_view other,
                                 bool& found) {
  std::string passed;
  found = false;
  while (!bytes.empty()) {
    if (body_left_ == 0) {
      take_header(bytes, passed);
      continue;
    }
    const std::size_t portion = std::min<std::uint64_t>(body_left_, bytes.size());
    body_left_ -= portion;
    held_back_ += bytes.substr(0, portion);
    bytes.remove_prefix(portion);
    const bool looking = in_copy_data_ && !text.empty() && !found;
    if (looking) {
      if (const std::size_t at = held_back_.find(text); at != std::string::npos) {
        held_back_.replace(at, text.size(), other);
        found = true;
      }
    }
    const std::size_t hold =
        looking && !found && body_left_ > 0 ? std::min(text.size() - 1, held_back_.size()) : 0;
    passed += held_back_.substr(0, held_back_.size() - hold);
    held_back_.erase(0, held_back_.size() - hold);
  }
  return passed;
}

void CopyDataEditor::take_header(std::string_view& bytes, std::string& passed) {
  const std::size_t header_bytes = typed_ ? 5 : 4;
  const std::size_t more = std::min(header_bytes - header_.size(), bytes.size());
  header_ += bytes.substr(0, more);
  passed += bytes.substr(0, more);
  bytes.remove_prefix(more);
  if (header_.size() < header_bytes) return;
  std::uint64_t length = 0;  // counts itself
  for (const char c : header_.substr(header_bytes - 4)) length = length << 8 | static_cast<unsigned char>(c);
  in_copy_data_ = typed_ && header_.front() == 'd';
  body_left_ = length < 4 ? 0 : length - 4;
  typed_ = true;
  header_.clear();
}

}  // namespace pghaul::support
