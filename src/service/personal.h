/* personal: personal data at rest and in sight: sealing what is older than the data key, and keeping record of
 * every officer who is shown a telephone or identity number in full (R9.4). */
#ifndef YZ_SERVICE_PERSONAL_H
#define YZ_SERVICE_PERSONAL_H

#include "service/bundle.h"
#include "store/personal_store.h"

/* Seal every personal value that is not under the current data key, in small write transactions; may be cut off and run
 * again, while a server runs. progress may be NULL. *changed: rows written. */
int personal_sweep(struct app *app,
                   void (*progress)(const char *what, int64_t done, int64_t total),
                   int64_t *changed, struct err *e);
/* The same once for a database from before personal data was sealed; what is then still in its free pages is
 * cleaned out. Nothing when that was done. */
int personal_migrate(struct app *app,
                     void (*progress)(const char *what, int64_t done, int64_t total),
                     struct err *e);

/* Does this field hold what is personal: marked so in the catalogue, or a telephone, an identity number? */
bool personal_field(const struct field *f);

/* Where it was shown. */
#define PERSONAL_ITEM "item"
#define PERSONAL_CASE "case"
#define PERSONAL_FORM "form"
#define PERSONAL_FILE "file"
#define PERSONAL_CONSULTATION "consultation"
#define PERSONAL_ARCHIVE "archive"

struct personal_read { const struct actor *actor; int64_t case_id; const char *place;
                       json_t *fields; /* labels; empty: nothing was shown. Borrowed */
                       struct sv why; };
/* On record before the answer leaves; the same person, case and place within ten minutes count once. Applicants see
 * their own and are not recorded. PERSONAL_WAITS when the disk is full: it is kept in memory and written later; the
 * caller puts it into the process's log. */
enum { PERSONAL_WAITS = 1 };
int personal_log(struct app *app, const struct personal_read *r, int64_t now, struct err *e);

/* A job: write the readings that wait. Nothing when there are none or the disk is still full. */
int personal_log_waiting(struct app *app, int64_t now, struct err *e);

struct readings *readings_new(void);
void readings_free(struct readings *r);

/* Who has read of a case, newest first; ids below `before`. For administrators and the bureau: ERR_FORBIDDEN. */
int personal_readings(struct app *app, const struct actor *actor, int64_t case_id, int64_t before,
                      int64_t limit, struct arena *a, struct access_row **out, size_t *n,
                      struct err *e);

#endif
