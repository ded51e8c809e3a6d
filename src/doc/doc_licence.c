#include "doc/doc.h"
int doc_licence(const struct doc_licence *d, enum doc_format format, struct buf *out,
                struct err *e)
{
    (void)d; (void)format; (void)out;
    return err_set(e, ERR_INTERNAL, "尚未完成");
}
