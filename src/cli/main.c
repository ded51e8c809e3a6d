/* yizheng: the one program. Finds the subcommand and helps. */
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "service/describe.h"
#include "sys/files.h"

const struct command_line COMMANDS[] = {
    { "init", "yizheng init --data DIR [--demo] [--db URL]\n"
              "  建立数据目录：密钥、数据库、行业目录。--demo 另加示例人员和约 200 个示例办件。\n"
              "  可重复运行；已建好的目录不改动。\n", cmd_init },
    { "serve", "yizheng serve --data DIR --listen HOST:PORT [--db URL] [--public-url URL]\n"
               "              [--workers N] [--log-level debug|info|warn|error]\n"
               "              [--trust-proxy ADDRESS] [--test-clock FILE]\n"
               "  提供接口、网页和定时任务。--db 默认用 DIR 里的 SQLite，也可写 postgres://…\n"
               "  --public-url 是印在二维码里的地址，默认 http://HOST:PORT。\n"
               "  --trust-proxy 是反向代理的地址：只信它写的 X-Forwarded-For（登录限速按客户端地址计）。\n"
               "  --test-clock 只用于示例数据目录，按文件中的偏移量移动时钟。\n", cmd_serve },
    { "catalog check", "yizheng catalog check FILE\n"
                       "  检查行业目录文件，列出全部问题（文件、JSON 指针、说明）。\n",
      cmd_catalog_check },
    { "verify", "yizheng verify [--key FILE | --data DIR] TEXT|FILE|-\n"
                "  离线核验二维码内容：只需要签发机关的公钥（PEM）。\n", cmd_verify },
    { "log verify", "yizheng log verify --data DIR [--db URL]\n"
                    "  重算整个办理日志并与数据库逐项核对，找出被改动、删除、插入、倒填的记录。\n",
      cmd_log_verify },
    { "user add", "yizheng user add --data DIR [--db URL] --login NAME --name 姓名 --role ROLE\n"
                  "                 [--department CODE] [--region CODE] [--hall 大厅] [--email 邮箱]\n"
                  "                 [--head]\n"
                  "  新建工作人员账号（clerk、reviewer、bureau、government、admin；--head 部门负责人）；密码从标准输入读取一行。\n",
      cmd_user_add },
    { "calendar import", "yizheng calendar import --data DIR [--db URL] [--region CODE] [--year YEAR]\n"
                         "                        [--source 通知名称和文号] FILE|-\n"
                         "  载入一年的放假安排（JSON 或 CSV，见 docs/calendar.md），替换原有的这一年，\n"
                         "  并重新计算未办结的期限。不写 --region 是全国；运行中的服务一秒内生效。\n",
      cmd_calendar_import },
    { "calendar list", "yizheng calendar list --data DIR [--db URL]\n"
                       "  列出已有的年份：地区、是否已公布、依据。\n", cmd_calendar_list },
    { "calendar show", "yizheng calendar show --data DIR [--db URL] [--region CODE] [YEAR]\n"
                       "  列出一年的放假日和调休上班日（默认今年、全国）。\n", cmd_calendar_show },
    { "process", "yizheng process\n  以 JSON 列出办理规则表：谁在什么状态下可以做什么、要满足什么、依据哪一条。\n", cmd_process },
    { "version", "yizheng version\n  打印程序版本和数据库结构版本。\n", cmd_version },
};
const size_t N_COMMANDS = sizeof COMMANDS / sizeof COMMANDS[0];

int cli_usage(const char *name, bool asked)
{
    FILE *out = asked ? stdout : stderr;
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (!name || strcmp(COMMANDS[i].name, name) == 0)
            fprintf(out, "%s%s", COMMANDS[i].usage, name ? "" : "\n");
    if (!name)
        fputs("退出码：0 完成；1 结论为否（目录有问题、证照是假的、日志被改动）；2 用法不对；\n"
              "        3 环境不允许（端口被占、目录不可写、数据库不可用或更新）；4 内部错误\n", out);
    return asked ? EXIT_OK : EXIT_USAGE;
}

static int exit_code(int code)
{
    switch (code) {
    case ERR_CONFIG:
    case ERR_IO:
    case ERR_DB:
    case ERR_FULL:
    case ERR_BUSY:
    case ERR_NOT_FOUND: return EXIT_ENVIRONMENT;
    case ERR_INVALID:
    case ERR_CONFLICT:
    case ERR_CORRUPT:
    case ERR_MALFORMED: return EXIT_NO;
    default: return EXIT_INTERNAL;
    }
}

int cli_fail(const struct err *e)
{
    for (size_t i = 0; i < e->n_problems; i++)
        fprintf(stderr, "%.*s：%.*s（%.*s）\n", (int)e->problems[i].pointer.n,
                e->problems[i].pointer.p, (int)e->problems[i].message.n,
                e->problems[i].message.p, (int)e->problems[i].code.n, e->problems[i].code.p);
    if (e->n_problems == 0)
        fprintf(stderr, "yizheng：%s\n", err_text(e));
    return exit_code(e->code);
}

void cli_progress(const char *what, int64_t done, int64_t total)
{
    enum { WIDTH = 30 };
    static int64_t last = -1;
    int64_t part = total > 0 ? done * WIDTH / total : WIDTH;
    if (!isatty(STDERR_FILENO)) {
        if (total > 0 && done * 10 / total != last) {
            last = done * 10 / total;
            fprintf(stderr, "%s %lld/%lld\n", what, (long long)done, (long long)total);
        }
        return;
    }
    fprintf(stderr, "\r%s [", what);
    for (int i = 0; i < WIDTH; i++)
        fputc(i < part ? '#' : '.', stderr);
    fprintf(stderr, "] %lld/%lld%s", (long long)done, (long long)total,
            done >= total ? "\n" : "");
}

int cli_read(const char *path, struct arena *a, struct sv *out, struct err *e)
{
    struct buf b;
    char chunk[4096];
    size_t n;
    int rc = 0;
    buf_init(&b, (size_t)64 << 20);
    if (strcmp(path, "-") != 0)
        rc = file_read(path, &b, e);
    else
        while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
            buf_add(&b, chunk, n);
    if (rc == 0 && !buf_ok(&b))
        rc = err_set(e, ERR_TOO_LARGE, "输入太大");
    *out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return rc;
}

int cmd_process(int argc, char **argv)
{
    if (argc > 1)
        return cli_usage("process", argc == 2 && strcmp(argv[1], "--help") == 0);
    json_t *o = process_describe();
    int rc = json_dumpf(o, stdout, JSON_INDENT(1));
    json_decref(o);
    putchar('\n');
    return rc == 0 ? EXIT_OK : EXIT_ENVIRONMENT;
}

int cmd_version(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return cli_usage("version", argc == 2 && strcmp(argv[1], "--help") == 0);
    printf("yizheng %s\n数据库结构 SQLite %d，PostgreSQL %d\n", YZ_VERSION,
           db_schema_known(DB_SQLITE), db_schema_known(DB_POSTGRES));
    return EXIT_OK;
}

/* "log verify" takes two words, "serve" one: how many of argv make up the name, or 0. */
static int words_of(const struct command_line *c, int argc, char **argv)
{
    struct sv rest = sv_of(c->name);
    int n = 0;
    while (rest.n) {
        struct sv word = sv_cut(&rest, ' ');
        if (n + 1 >= argc || !sv_is(word, argv[n + 1]))
            return 0;
        n++;
    }
    return n;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    /* Large pieces (password hashing, documents) go back to the system when freed instead of
     * staying with whichever thread last had one. */
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        int n = words_of(&COMMANDS[i], argc, argv);
        if (n == 0)
            continue;
        for (int k = n + 1; k < argc; k++)
            if (strcmp(argv[k], "--help") == 0)
                return cli_usage(COMMANDS[i].name, true);
        return COMMANDS[i].run(argc - n, argv + n);
    }
    bool asked = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (argc > 1 && !asked)
        fprintf(stderr, "yizheng：不认识的命令 %s\n\n", argv[1]);
    return cli_usage(NULL, asked);
}
