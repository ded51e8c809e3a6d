/* device: what a paper is drawn on.
 *
 * Layout (layout.h) decides every position and hands finished marks to a device: pages,
 * runs of positioned glyphs, rectangles, lines, paths and QR codes. A device knows nothing of
 * paragraphs or tables, so PDF, OFD, the picture for phones and the trace for tests show the same
 * paper.
 * Lengths are millimetres from the top left corner, y downwards; font sizes are points;
 * angles are radians clockwise. Devices copy what they need; nothing given is kept.
 */
#ifndef YZ_DOC_DEVICE_H
#define YZ_DOC_DEVICE_H

#include "base/buf.h"
#include "base/err.h"
#include "doc/doc_qr.h"

#define MM_PER_PT (25.4 / 72.0)

struct colour { unsigned char r, g, b; double alpha; /* 1 = opaque */ };

struct font; /* one face of one file; compare by pointer within a thread */

struct glyph {
    uint32_t id;      /* in the font */
    double advance;   /* to the next glyph, mm, letter spacing included */
    double dx, dy;    /* moves this glyph alone, mm */
    struct sv text;   /* what it stands for; "" when an earlier glyph of the cluster says it */
};

struct text_run {
    const struct font *font;
    double size;         /* pt */
    struct colour colour;
    double x, y;         /* start of the base line */
    double angle;        /* about (x, y) */
    bool spaced;         /* letter-spaced: the gaps are not spaces */
    bool silent;         /* decoration: looked at, but not part of the paper's text */
    const struct glyph *glyphs; size_t n;
};

struct path_op {
    enum { PATH_MOVE, PATH_LINE, PATH_CURVE, PATH_CLOSE } op;
    double x, y;             /* end point */
    double x1, y1, x2, y2;   /* control points of a PATH_CURVE */
};

struct device {
    void (*page)(struct device *d, double width, double height);
    void (*text)(struct device *d, const struct text_run *run);
    /* Filled, or with a line of that width (mm) when width > 0. */
    void (*rect)(struct device *d, double x, double y, double w, double h, double width,
                 struct colour c);
    void (*line)(struct device *d, double x1, double y1, double x2, double y2, double width,
                 struct colour c);
    void (*path)(struct device *d, const struct path_op *ops, size_t n, double width,
                 struct colour c);
    /* Modules from (x, y) on, side without the quiet zone; black on what is there. */
    void (*qr)(struct device *d, const struct qr *q, double x, double y, double side);
    /* Writes the whole document. Called once, last but for free. */
    int (*finish)(struct device *d, struct buf *out, struct err *e);
    void (*free)(struct device *d);
    /* The place of the seal, a square around (x, y): true when the device puts a seal of its own
     * there (OFD's electronic seal), so that none is drawn. May be NULL. */
    bool (*seal)(struct device *d, double x, double y, double side);
};

/* ---- what makes an OFD an original ---- */

struct sm2_key;

/* One item of the licence's metadata (GB/T 36903). */
struct doc_meta {
    const char *name;     /* short name: ZZBH, CZZT ... */
    struct sv value;
    struct sv shown;      /* as the paper says it; "" when it does not */
};
struct doc_seal {
    struct sv seal;           /* SESeal, DER: doc/seal.h */
    const struct sm2_key *signer;
    struct sv signer_cert;    /* DER */
    int64_t now;              /* ms UTC: when it is put on */
};
struct doc_original {
    const struct doc_meta *meta; size_t n_meta;
    const struct doc_seal *seal; /* NULL: the seal is only drawn, nothing is signed */
};

struct doc_facts {
    struct sv title, author;
    struct sv date; /* any text with year, month, day */
    struct sv text; /* of a picture: what it shows, in words */
    const struct doc_original *original; /* for OFD; borrowed; may be NULL */
};

enum doc_format { DOC_PDF, DOC_TRACE /* text of every mark, for tests */,
                  DOC_SVG /* a picture for screens: only what is one page */,
                  DOC_OFD /* GB/T 33190 */,
                  DOC_NULL /* draws nothing */ };

struct device *device_new(enum doc_format format, const struct doc_facts *facts);
struct device *device_pdf_new(const struct doc_facts *facts);
struct device *device_ofd_new(const struct doc_facts *facts);
struct device *device_png_new(double pixels_per_mm, bool transparent); /* a single page */
struct device *device_svg_new(const struct doc_facts *facts); /* a single page, for screens */
struct device *device_trace_new(const struct doc_facts *facts);
struct device *device_null_new(void); /* only counts: the first of two passes */

#endif
