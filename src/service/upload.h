/* upload: a file that comes in pieces, so that a break loses nothing (R3.3: resumable).
 *
 * Begun with its size; each piece is on the disk before it is answered for; with the last one the whole
 * is told by content, scanned, kept under its hash and handed in, once, however often the last piece is
 * sent. What nobody finished within a day is forgotten.
 */
#ifndef YZ_SERVICE_UPLOAD_H
#define YZ_SERVICE_UPLOAD_H

#include "service/draft.h"
#include "store/upload_store.h"

enum { UPLOADS_OPEN_MAX = 100 }; /* of one account at once */

struct upload_state { struct upload_row row; int64_t offset; };

/* Idempotent by the command's key. *id of the upload. */
int upload_begin(struct app *app, const struct command *cmd, int64_t case_id,
                 const struct new_file *f, int64_t *id, struct err *e);
/* Only for whoever began it, else ERR_NOT_FOUND. */
int upload_open(struct app *app, const struct actor *actor, int64_t id, struct arena *a,
                struct upload_state *out, struct err *e);
/* A piece that belongs at offset; out->offset is what is there now. ERR_CHANGED when it is another. */
int upload_add(struct app *app, const struct upload_row *row, int64_t offset, struct sv bytes,
               int64_t *now, struct err *e);
/* All bytes are there and f says what they are (hash, size, type): hand in. */
int upload_finish(struct app *app, const struct command *cmd, const struct upload_row *row,
                  const struct new_file *f, int64_t *file_id, bool *duplicate, struct err *e);
int upload_drop(struct app *app, const struct actor *actor, int64_t id, struct err *e);

#endif
