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
/* Whole file or standard input ("-") onto a. */
int cli_read(const char *path, struct arena *a, struct sv *out, struct err *e);

int cmd_init(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_catalog_check(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_log_verify(int argc, char **argv);
int cmd_calendar_import(int argc, char **argv);
int cmd_calendar_list(int argc, char **argv);
int cmd_calendar_show(int argc, char **argv);
int cmd_user_add(int argc, char **argv);
int cmd_process(int argc, char **argv);
int cmd_version(int argc, char **argv);

#endif
