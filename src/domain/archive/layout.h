/* layout: names of files in an archive package. Pure. See docs/archive.md. */
#ifndef YZ_DOMAIN_ARCHIVE_LAYOUT_H
#define YZ_DOMAIN_ARCHIVE_LAYOUT_H

#include "base/buf.h"
#include "domain/archive/complete.h"

#define ARCHIVE_FORMAT "yizheng archive v1"
#define ARCHIVE_MANIFEST "manifest.json"
#define ARCHIVE_SIGNATURE "manifest.sig"

/* "4-决定/017-准予行政许可决定书（食品经营许可证）.pdf": serial counts all files of a package; what no file
 * system takes becomes "_", and a long title is cut. ending: "pdf". */
void archive_path(struct buf *out, enum archive_piece_kind kind, size_t serial, struct sv title,
                  const char *ending);
/* "pdf" of "application/pdf"; "bin" when unknown. */
const char *archive_ending(struct sv media_type);

#endif
