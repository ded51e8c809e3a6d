/* identifier: see identifier.h. */
#include "domain/licence/identifier.h"

#include "domain/licence/number.h"

enum { ISSUER_MIN = 6, ISSUER_MAX = 18, VERSION_MAX = 999 };

static bool is_code(struct sv s, size_t least, size_t most)
{
    /* check_mod37_36 gives 0 for anything outside [0-9A-Z] */
    return s.n >= least && s.n <= most && check_mod37_36(s) != 0;
}

static bool parts_ok(const struct identifier *id)
{
    return is_code(id->type, IDENTIFIER_TYPE, IDENTIFIER_TYPE) &&
           is_code(id->issuer, ISSUER_MIN, ISSUER_MAX) &&
           is_code(id->serial, 1, IDENTIFIER_SERIAL_MAX) && id->version >= 1 &&
           id->version <= VERSION_MAX;
}

/* ISO 7064 is computed over the parts without the dots. */
static char check_of(const struct identifier *id)
{
    struct buf b;
    buf_init(&b, IDENTIFIER_MAX);
    buf_sv_add(&b, id->type);
    buf_sv_add(&b, id->issuer);
    buf_sv_add(&b, id->serial);
    buf_fmt(&b, "%03u", id->version);
    char c = buf_ok(&b) ? check_mod37_36(buf_sv(&b)) : 0;
    buf_done(&b);
    return c;
}

void identifier_serial(struct buf *out, struct sv number)
{
    char kept[IDENTIFIER_SERIAL_MAX];
    size_t n = sizeof kept;
    for (size_t i = number.n; i-- > 0 && n > 0;) {
        char c = number.p[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
            kept[--n] = c;
    }
    buf_add(out, kept + n, sizeof kept - n);
}

void identifier_write(struct buf *out, const struct identifier *id)
{
    if (!parts_ok(id)) {
        out->failed = true;
        return;
    }
    buf_fmt(out, IDENTIFIER_ROOT ".%.*s.%.*s.%.*s.%03u.%c", (int)id->type.n, id->type.p,
            (int)id->issuer.n, id->issuer.p, (int)id->serial.n, id->serial.p, id->version,
            check_of(id));
}

enum identifier_fault identifier_read(struct sv text, struct identifier *out)
{
    struct identifier id = { 0 };
    int64_t version = 0;
    *out = id;
    if (text.n > IDENTIFIER_MAX || !sv_starts(text, SV(IDENTIFIER_ROOT ".")))
        return IDENTIFIER_SHAPE;
    struct sv rest = sv_skip(text, sizeof IDENTIFIER_ROOT);
    id.type = sv_cut(&rest, '.');
    id.issuer = sv_cut(&rest, '.');
    id.serial = sv_cut(&rest, '.');
    struct sv number = sv_cut(&rest, '.');
    if (!sv_digits(number, 3) || !sv_to_i64(number, &version) || rest.n != 1 ||
        !is_code(rest, 1, 1))
        return IDENTIFIER_SHAPE;
    id.version = (unsigned)version;
    if (!parts_ok(&id))
        return IDENTIFIER_SHAPE;
    *out = id;
    return check_of(&id) == rest.p[0] ? IDENTIFIER_GOOD : IDENTIFIER_CHECK;
}
