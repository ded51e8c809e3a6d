/* cli: one file per subcommand.
 *
 * Exit codes (also in --help and README): 0 done; 1 the answer is no (problems in a catalogue,
 * a forged licence, a tampered log); 2 wrong use; 3 the environment stands in the way (port
 * taken, directory not writable, database newer or unreachable); 4 internal error.
 */
#ifndef YZ_CLI_CLI_H
#define YZ_CLI_CLI_H

#include <getopt.h>
#include <stdio.h>

#include "service/app.h"

enum { EXIT_OK = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3, EXIT_INTERNAL = 4 };

struct command_line {
    const char *name;  /* "log verify" */
    const char *usage; /* Chinese help text */
    int (*run)(int argc, char **argv);
};
extern const struct command_line COMMANDS[];
extern const size_t N_COMMANDS;

/* Print the error (and every problem of it) to stderr and give the exit code for it. */
int cli_fail(const struct err *e);
/* Print the usage of a subcommand: to stdout for --help (EXIT_OK), else to stderr (EXIT_USAGE). */
int cli_usage(const char *name, bool asked);
/* Progress on stderr: a bar on a terminal, a line every tenth otherwise. */
void cli_progress(const char *what, int64_t done, int64_t total);
/* "127.0.0.1:8080", "[::1]:8080". */
enum { CLI_HOST_MAX = 256 };
bool cli_listen(const char *text, char host[CLI_HOST_MAX], unsigned *port);
/* SIGTERM and SIGINT come to the main thread only: block them before any thread is started (they
 * inherit it), then wait for one. */
void cli_block_signals(void);
void cli_wait_for_end(void);
/* Whole file or standard input ("-") onto a. */
int cli_read(const char *path, struct arena *a, struct sv *out, struct err *e);

/* One line from standard input, where secrets come from: a command line can be read by others. */
bool cli_read_line(char *out, size_t cap);

/* JSON to a file, or to standard output (NULL). Takes o over. */
int cli_write_json(json_t *o, const char *file, struct err *e);

int cmd_init(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_catalog_check(int argc, char **argv);
int cmd_catalog_export(int argc, char **argv);
int cmd_catalog_import(int argc, char **argv);
int cmd_catalog_diff(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_archive_verify(int argc, char **argv);
int cmd_archive_export(int argc, char **argv);
int cmd_trust_add(int argc, char **argv);
int cmd_trust_list(int argc, char **argv);
int cmd_trust_remove(int argc, char **argv);
int cmd_verify_any(int argc, char **argv); /* a text of a code, or FILE.ofd */
int cmd_log_verify(int argc, char **argv);
int cmd_log_head(int argc, char **argv);
int cmd_log_prove(int argc, char **argv);
int cmd_log_consistency(int argc, char **argv);
int cmd_log_check(int argc, char **argv);
int cmd_register_rebuild(int argc, char **argv);
int cmd_publicity_export(int argc, char **argv);
int cmd_calendar_import(int argc, char **argv);
int cmd_calendar_list(int argc, char **argv);
int cmd_calendar_show(int argc, char **argv);
int cmd_user_add(int argc, char **argv);
int cmd_docs(int argc, char **argv);
int cmd_sample_source(int argc, char **argv);
int cmd_process(int argc, char **argv);
int cmd_keys_list(int argc, char **argv);
int cmd_keys_rotate(int argc, char **argv);
int cmd_keys_revoke(int argc, char **argv);
int cmd_keys_passphrase(int argc, char **argv);
int cmd_keys_rotate_data(int argc, char **argv);
int cmd_version(int argc, char **argv);

#endif
