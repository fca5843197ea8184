/* Copies a database and shows how far it is; Ctrl-C stops it.
 *
 *   cc copy.c $(pkg-config --cflags --libs pghaul) -pthread -o copy
 *   ./copy service=old service=new
 */
#include <pghaul/pghaul.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

static void show(const char* event, void* context) {
  fprintf((FILE*)context, "%s\n", event);
}

/* The library installs no signal handlers: that is the program's business. */
static void* stop_on_interrupt(void* job) {
  sigset_t interrupt;
  int which = 0;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  while (sigwait(&interrupt, &which) == 0) pghaul_job_stop(job);
  return NULL;
}

static pghaul_code copy(pghaul_job* job, const char* source, const char* target, pghaul_error** error) {
  pghaul_code code = pghaul_job_set(job, "source", source, error);
  if (code == PGHAUL_OK) code = pghaul_job_set(job, "target", target, error);
  if (code == PGHAUL_OK) code = pghaul_job_copy(job, error);
  return code;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: copy SOURCE TARGET\n");
    return 2;
  }
  pghaul_job* job = pghaul_job_new();
  if (job == NULL) return 1;
  pghaul_job_on_event(job, show, stderr);

  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupt, NULL); /* in this thread, and so in all that it starts */
  pthread_t listener;
  if (pthread_create(&listener, NULL, stop_on_interrupt, job) != 0) return 1;

  pghaul_error* error = NULL;
  const pghaul_code code = copy(job, argv[1], argv[2], &error);
  if (code != PGHAUL_OK) {
    fprintf(stderr, "%s: %s\n", pghaul_code_name(code), pghaul_error_message(error));
    if (*pghaul_error_object(error)) fprintf(stderr, "  object: %s\n", pghaul_error_object(error));
    if (*pghaul_error_hint(error)) fprintf(stderr, "  hint: %s\n", pghaul_error_hint(error));
    if (*pghaul_error_sqlstate(error)) fprintf(stderr, "  SQLSTATE: %s\n", pghaul_error_sqlstate(error));
  }
  puts(pghaul_job_report(job));

  pthread_cancel(listener);
  pthread_join(listener, NULL);
  pghaul_error_free(error);
  pghaul_job_free(job);
  return code == PGHAUL_OK ? 0 : 1;
}
