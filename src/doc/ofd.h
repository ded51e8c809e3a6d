/* ofd: the files of one OFD document (GB/T 33190), gathered and put into a ZIP archive.
 *
 * Equal parts are equal bytes: order is that of ofd_part, every entry carries the same time.
 */
#ifndef YZ_DOC_OFD_H
#define YZ_DOC_OFD_H

#include "base/buf.h"
#include "base/err.h"
#include "doc/device.h"

#define OFD_NS "http://www.ofdspec.org/2016"
#define OFD_SIGNATURES "Doc_0/Signs/Signatures.xml"

enum { OFD_PARTS_MAX = 256, OFD_PART_CAP = 16 * 1024 * 1024, OFD_CAP = 32 * 1024 * 1024 };

struct ofd_part { const char *name; struct buf bytes; };

struct ofd_pack {
    struct arena *arena;
    struct ofd_part *parts[OFD_PARTS_MAX];
    size_t n;
    bool failed;
};

struct ofd_pack *ofd_pack_new(void);
void ofd_pack_free(struct ofd_pack *p);
/* A new file of the document, name without a leading slash; empty, to be written to. */
struct buf *ofd_part(struct ofd_pack *p, const char *name);
/* The same, begun with the XML declaration. */
struct buf *ofd_xml(struct ofd_pack *p, const char *name);
int ofd_zip(const struct ofd_pack *p, struct buf *out, struct err *e);

/* ---- seal (ofd_sign.c) ---- */

/* Where a seal's picture stands: its page's ID and its corner and sides in mm. */
struct ofd_place { unsigned page; double x, y, side; };

/* Adds the files of one signature over all parts that are there (OFD.xml must name
 * OFD_SIGNATURES already). Nothing may be added or changed afterwards. */
int ofd_sign(struct ofd_pack *p, const struct doc_seal *seal, const struct ofd_place *at,
             struct err *e);

#endif
