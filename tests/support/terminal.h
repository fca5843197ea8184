#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/process.h"

namespace pghaul::support {

/// A program that runs in a terminal of its own, 80 columns by 24 rows, as if a person had started it there.
///
/// Ownership  killed when destroyed before wait().
/// Errors     throws std::runtime_error.
class Terminal {
 public:
  explicit Terminal(const std::vector<std::string>& argv, const Environment& environment = {});
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Waits until `text` has been shown. Throws when the program ends without it.
  void expect(const std::string& text);
  /// Types as on the keyboard: a line ends with "\n", "\x03" is Ctrl-C.
  void type(const std::string& keys) const;
  /// Resizes as by the mouse, on the window's edge; what had been shown by then is dropped.
  void resize(unsigned short columns, unsigned short rows);
  /// Waits for its end; returns ProcessResult::exit_status. Once.
  [[nodiscard]] int wait();
  /// Returns all that was shown since the last resize(), with what was typed and what moves the cursor.
  [[nodiscard]] const std::string& shown() const noexcept { return shown_; }

 private:
  /// Returns false at the end.
  bool read_more();

  int descriptor_ = -1;
  pid_t pid_ = 0;
  std::string shown_;
};

}  // namespace pghaul::support
