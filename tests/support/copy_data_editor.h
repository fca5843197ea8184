#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pghaul::support {

/// Finds a text in the rows that pass in one direction of a connection, and puts another in its place.
///
/// Source  PostgreSQL manual, "Message Formats": CopyData. Without TLS.
class CopyDataEditor {
 public:
  /// `starts_with_type`: what a server sends; a client's first message has no type.
  explicit CopyDataEditor(bool starts_with_type = true) : typed_(starts_with_type) {}

  /// Gives what may pass now of all that has come. Bytes that may be the beginning of `text` are held back
  /// until the message goes on, or ends. With no text, nothing is. `found` is set when it has been replaced.
  [[nodiscard]] std::string edit(std::string_view bytes, std::string_view text, std::string_view other,
                                 bool& found);

 private:
  void take_header(std::string_view& bytes, std::string& passed);

  bool typed_;
  std::string header_;           // of the message, as much as has come
  std::uint64_t body_left_ = 0;  // of the message
  bool in_copy_data_ = false;
  std::string held_back_;  // of the body
};

}  // namespace pghaul::support
