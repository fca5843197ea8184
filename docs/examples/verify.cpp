// Compares two databases. Built by the CMakeLists.txt beside it:
//
//   cmake -B build && cmake --build build && build/verify service=old service=new
#include <pghaul/pghaul.h>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct Free {
  void operator()(pghaul_job* job) const noexcept { pghaul_job_free(job); }
  void operator()(pghaul_error* error) const noexcept { pghaul_error_free(error); }
};
using Job = std::unique_ptr<pghaul_job, Free>;

/// Failures as exceptions, for those who like them.
void check(pghaul_code code, pghaul_error* raw) {
  const std::unique_ptr<pghaul_error, Free> error(raw);
  if (code == PGHAUL_OK) return;
  throw std::runtime_error(std::string(pghaul_code_name(code)) + ": " + pghaul_error_message(raw));
}

void set(const Job& job, const char* option, const char* value) {
  pghaul_error* error = nullptr;
  const pghaul_code code = pghaul_job_set(job.get(), option, value, &error);
  check(code, error);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("usage: verify SOURCE TARGET");
  const Job job(pghaul_job_new());
  if (!job) throw std::bad_alloc();
  set(job, "source", argv[1]);
  set(job, "target", argv[2]);
  pghaul_error* error = nullptr;
  const pghaul_code code = pghaul_job_verify(job.get(), &error);
  check(code, error);
  std::cout << "the same, says pghaul " << pghaul_version() << '\n';
  return 0;
} catch (const std::exception& failed) {
  std::cerr << failed.what() << '\n';
  return 1;
}
