/*
 * The program of the images that the hosted registry serves: it answers every HTTP request with its revision.
 *
 * It runs in an image that holds nothing else, so it needs neither a C library nor a shell, and is the same wherever
 * it is built. The revision is the file /revision, which the image's own layer brings; the environment says it where a
 * program is run outside of its image. A process of its own serves each connection, because clients keep theirs open.
 */

typedef unsigned long word;

#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, CLOSE = 3, SIGACTION = 13, SOCKET = 41, BIND = 49, LISTEN = 50, SETSOCKOPT = 54, CLONE = 56,
       PRCTL = 157, EXIT_GROUP = 231, OPENAT = 257, ACCEPT4 = 288 };

static long call(long number, word a, word b, word c, word d, word e) {
    long result;
    register word r10 __asm__("r10") = d;
    register word r8 __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n");
#elif defined(__aarch64__)
enum { OPENAT = 56, CLOSE = 57, READ = 63, WRITE = 64, EXIT_GROUP = 94, SIGACTION = 134, PRCTL = 167, SOCKET = 198,
       BIND = 200, LISTEN = 201, SETSOCKOPT = 208, CLONE = 220, ACCEPT4 = 242 };

static long call(long number, word a, word b, word c, word d, word e) {
    register long x8 __asm__("x8") = number;
    register word x0 __asm__("x0") = a;
    register word x1 __asm__("x1") = b;
    register word x2 __asm__("x2") = c;
    register word x3 __asm__("x3") = d;
    register word x4 __asm__("x4") = e;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return (long)x0;
}

__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tbl begin\n");
#else
#error "written for amd64 and arm64 only"
#endif

enum { AF_INET = 2, SOCK_STREAM = 1, SOL_SOCKET = 1, SO_REUSEADDR = 2, AT_FDCWD = -100, O_RDONLY = 0 };
enum { SIGKILL = 9, SIGTERM = 15, SIGCHLD = 17, SIGINT = 2, SIG_IGN = 1, SA_RESTORER = 0x04000000, PDEATHSIG = 1 };
enum { HEAD_LIMIT = 65536, REVISION_LIMIT = 512 };

/* What the compiler may call by itself. */
void *memcpy(void *to, const void *from, word length) {
    for (word i = 0; i < length; i++) ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int byte, word length) {
    for (word i = 0; i < length; i++) ((char *)to)[i] = (char)byte;
    return to;
}

static void quit(int code) {
    for (;;) call(EXIT_GROUP, (word)code, 0, 0, 0, 0);
}

static word length_of(const char *text) {
    word length = 0;
    while (text[length]) length++;
    return length;
}

/* Whether the text begins so, whatever the case of its letters; the beginning is in lower case. */
static int begins(const char *text, const char *end, const char *beginning) {
    for (; *beginning; text++, beginning++) {
        if (text >= end) return 0;
        char byte = *text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text;
        if (byte != *beginning) return 0;
    }
    return 1;
}

static int contains(const char *text, const char *end, const char *part) {
    for (; text < end; text++)
        if (begins(text, end, part)) return 1;
    return 0;
}

static char revision[REVISION_LIMIT];
static word revision_length;

/* What was read from a connection and not used yet. */
static char input[HEAD_LIMIT];
static word used, filled;

static int peer;

/* Reads on behind what is there; ends the process when the client is gone. */
static void more(void) {
    if (used == filled) used = filled = 0;
    if (filled == HEAD_LIMIT) {
        static const char refusal[] = "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n"
                                      "Content-Length: 0\r\n\r\n";
        call(WRITE, (word)peer, (word)refusal, sizeof refusal - 1, 0, 0);
        quit(0);
    }
    long got = call(READ, (word)peer, (word)(input + filled), HEAD_LIMIT - filled, 0, 0);
    if (got <= 0) quit(0);
    filled += (word)got;
}

static void say(const char *text, word length) {
    while (length > 0) {
        long put = call(WRITE, (word)peer, (word)text, length, 0, 0);
        if (put <= 0) quit(0);
        text += put;
        length -= (word)put;
    }
}

static void skip(word length) {
    while (length > 0) {
        if (used == filled) more();
        word here = filled - used < length ? filled - used : length;
        used += here;
        length -= here;
    }
}

/* The next line's beginning; it is used up, with its end. Lines of chunked bodies are short. */
static char *line(void) {
    word from = used;
    for (;;) {
        for (word i = from; i + 1 < filled; i++) {
            if (input[i] == '\r' && input[i + 1] == '\n') {
                char *begin = input + used;
                input[i] = 0;
                used = i + 2;
                return begin;
            }
        }
        /* Room for the line at the beginning of the buffer. */
        if (used > 0) {
            memcpy(input, input + used, filled - used);
            filled -= used;
            used = 0;
        }
        from = 0;
        more();
    }
}

static word number(const char *text, int base) {
    word value = 0;
    for (;; text++) {
        int digit = *text >= '0' && *text <= '9'   ? *text - '0'
                    : *text >= 'a' && *text <= 'f' ? *text - 'a' + 10
                    : *text >= 'A' && *text <= 'F' ? *text - 'A' + 10
                                                   : base;
        if (digit >= base) return value;
        value = value * (word)base + (word)digit;
    }
}

static void skip_chunks(void) {
    for (;;) {
        word length = number(line(), 16);
        if (length == 0) break;
        skip(length);
        line();
    }
    while (*line()) {
    }
}

/* One request and its answer; gives whether the connection is kept. */
static int exchange(void) {
    char *first = line();
    /* Clients may send an empty line between two requests. */
    while (!*first) first = line();
    char *end = first + length_of(first);
    int head = begins(first, end, "head ");
    int kept = contains(first, end, "http/1.1");
    word length = 0;
    int chunked = 0, waits = 0;
    for (;;) {
        char *header = line();
        if (!*header) break;
        end = header + length_of(header);
        char *value = header;
        while (value < end && *value != ':') value++;
        if (value < end) value++;
        while (value < end && (*value == ' ' || *value == '\t')) value++;
        if (begins(header, end, "content-length:")) length = number(value, 10);
        if (begins(header, end, "transfer-encoding:") && contains(value, end, "chunked")) chunked = 1;
        if (begins(header, end, "expect:") && begins(value, end, "100-continue")) waits = 1;
        if (begins(header, end, "connection:") && contains(value, end, "close")) kept = 0;
    }
    if (waits) say("HTTP/1.1 100 Continue\r\n\r\n", 25);
    if (chunked) {
        skip_chunks();
    } else {
        skip(length);
    }
    char answer[REVISION_LIMIT + 256];
    word at = 0;
    const char *begin = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ";
    memcpy(answer, begin, length_of(begin));
    at += length_of(begin);
    char digits[8];
    word count = 0;
    for (word rest = revision_length; rest > 0 || count == 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    while (count > 0) answer[at++] = digits[--count];
    const char *rest = kept ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
    memcpy(answer + at, rest, length_of(rest));
    at += length_of(rest);
    if (!head) {
        memcpy(answer + at, revision, revision_length);
        at += revision_length;
    }
    say(answer, at);
    return kept;
}

/* The value of a variable of the environment; 0 if it has none. */
static const char *variable(char **environment, const char *name) {
    word length = length_of(name);
    for (; *environment; environment++) {
        word i = 0;
        while (i < length && (*environment)[i] == name[i]) i++;
        if (i == length && (*environment)[i] == '=' && (*environment)[i + 1]) return *environment + i + 1;
    }
    return 0;
}

static void learn_revision(char **environment) {
    long file = call(OPENAT, (word)AT_FDCWD, (word)"/revision", O_RDONLY, 0, 0);
    if (file >= 0) {
        long got = call(READ, (word)file, (word)revision, REVISION_LIMIT, 0, 0);
        revision_length = got > 0 ? (word)got : 0;
        call(CLOSE, (word)file, 0, 0, 0, 0);
        return;
    }
    const char *said = variable(environment, "FNCONFORM_REVISION");
    if (!said) quit(2);
    revision_length = length_of(said) < REVISION_LIMIT ? length_of(said) : REVISION_LIMIT;
    memcpy(revision, said, revision_length);
}

static void terminated(int signal) {
    (void)signal;
    quit(0);
}

struct action {
    void (*handler)(int);
    word flags;
    void (*restorer)(void);
    word mask;
};

/* The first process of a container gets no signal that it has no handler for. The handler does not come back. */
static void heed(int signal, void (*handler)(int)) {
    struct action action = {handler, SA_RESTORER, 0, 0};
    call(SIGACTION, (word)signal, (word)&action, 0, sizeof(word), 0);
}

__attribute__((noreturn, used)) void begin(word *stack) {
    char **environment = (char **)(stack + 1 + stack[0] + 1);
    learn_revision(environment);
    heed(SIGTERM, terminated);
    heed(SIGINT, terminated);
    heed(SIGCHLD, (void (*)(int))SIG_IGN);
    const char *named = variable(environment, "FC_SERVER_PORT");
    if (!named) named = variable(environment, "PORT");
    word port = named ? number(named, 10) : 9000;
    unsigned char address[16] = {AF_INET, 0, (unsigned char)(port >> 8), (unsigned char)port};
    int yes = 1;
    long listener = call(SOCKET, AF_INET, SOCK_STREAM, 0, 0, 0);
    call(SETSOCKOPT, (word)listener, SOL_SOCKET, SO_REUSEADDR, (word)&yes, sizeof yes);
    if (call(BIND, (word)listener, (word)address, sizeof address, 0, 0) < 0) quit(3);
    if (call(LISTEN, (word)listener, 128, 0, 0, 0) < 0) quit(3);
    for (;;) {
        long accepted = call(ACCEPT4, (word)listener, 0, 0, 0, 0);
        if (accepted < 0) continue;
        if (call(CLONE, SIGCHLD, 0, 0, 0, 0) == 0) {
            call(PRCTL, PDEATHSIG, SIGKILL, 0, 0, 0);
            call(CLOSE, (word)listener, 0, 0, 0, 0);
            peer = (int)accepted;
            while (exchange()) {
            }
            quit(0);
        }
        call(CLOSE, (word)accepted, 0, 0, 0, 0);
    }
}
