#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "postgres/copy_data.h"
#include "postgres/message_buffer.h"
#include "postgres/raw_stream.h"

namespace pghaul::postgres {

/// CopyData read past libpq, which would copy each message into memory of its own, and ask the kernel for 16
/// KiB at most at a time.
///
/// Memory     64 KiB, or the widest row.
/// Source     PostgreSQL manual, "Frontend/Backend Protocol", "COPY Operations" and "Message Formats".
class RawCopyData : public CopyData {
 public:
  RawCopyData(Connection& connection, RawStream stream, std::string what);
  /// Breaks the connection where the answer has not been read to its end.
  ~RawCopyData() override;
  RawCopyData(RawCopyData&&) = delete;
  RawCopyData& operator=(RawCopyData&&) = delete;

  [[nodiscard]] Status begin(const std::string& sql);
  [[nodiscard]] Result<bool> next(std::span<const std::byte>& payload) override;
  void drop_rest() override;

 private:
  using Message = MessageBuffer::Message;
  /// Names who gives up on a silent server: the wait itself, by probing, or Watchdog.
  enum class Wait { probing, watched };
  [[nodiscard]] Status send(const std::string& sql);
  [[nodiscard]] Status next_message(Message& message, Wait wait);
  [[nodiscard]] Status read_some(Wait wait);
  /// Reads up to the end of the answer. Errors  the server's refusal, or `complaint`.
  [[nodiscard]] Status end(std::optional<Complaint> complaint);
  [[nodiscard]] tl::unexpected<Error> broken(const std::string& why);

  Connection* connection_;
  RawStream stream_;
  std::string what_;
  MessageBuffer buffer_;
  bool answering_ = false;
};

}  // namespace pghaul::postgres
