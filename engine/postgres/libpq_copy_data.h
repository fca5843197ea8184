#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "postgres/copy_data.h"

namespace pghaul::postgres {

/// CopyData read by libpq, which gives each message memory of its own: for connections that only libpq can
/// read, since GSSAPI encrypts them.
/// Source  PostgreSQL manual, libpq, "Functions Associated with the COPY Command".
class LibpqCopyData : public CopyData {
 public:
  LibpqCopyData(Connection& connection, std::string what);
  ~LibpqCopyData() override;
  LibpqCopyData(LibpqCopyData&&) = delete;
  LibpqCopyData& operator=(LibpqCopyData&&) = delete;

  [[nodiscard]] Status begin(const std::string& sql);
  [[nodiscard]] Result<bool> next(std::span<const std::byte>& payload) override;
  void drop_rest() override;

 private:
  [[nodiscard]] Result<bool> finish();

  struct Free {
    void operator()(char* buffer) const noexcept { PQfreemem(buffer); }
  };
  Connection* connection_;
  std::string what_;
  bool answering_ = false;
  std::unique_ptr<char, Free> message_;
};

}  // namespace pghaul::postgres
