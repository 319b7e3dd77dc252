/* Kernels that do the same as calls of torch, without the overhead of a call.
 *
 * `run` executes a plan's list of calls. Every thread walks down the list and does its share of each
 * kernel; threads wait for each other only before a kernel that uses memory which another thread may
 * still use (barriers_before in compiled.py). Matrix products use torch's BLAS.
 *
 * All numbers are float32. A tensor is a pointer and, for each axis, a stride in elements; a stride of
 * 0 repeats. A thread does the units of work from begin to end: rows, or the columns of a single row.
 */

#include <math.h>
#include <omp.h>
#include <string.h>

enum { MAX_TENSORS = 6, MAX_NUMBERS = 15, MAX_SCALARS = 3 };

typedef struct call call;
typedef void kernel(const call *, long begin, long end);

struct call {
    kernel *run;
    float *tensors[MAX_TENSORS];
    long numbers[MAX_NUMBERS]; /* sizes and strides, as documented at each kernel */
    double scalars[MAX_SCALARS];
    long units;   /* units of work, divided among the threads */
    long barrier; /* whether all threads wait for each other before it */
};

/* Thread t of T has the units from t n / T to (t + 1) n / T. */
void run(const call *calls, long count, int threads)
{
    if (threads == 1) {
        for (long i = 0; i < count; i++)
            calls[i].run(&calls[i], 0, calls[i].units);
        return;
    }
#pragma omp parallel num_threads(threads)
    {
        long thread = omp_get_thread_num(), all = omp_get_num_threads();
        for (long i = 0; i < count; i++) {
            if (calls[i].barrier) {
#pragma omp barrier
            }
            long units = calls[i].units;
            long begin = thread * units / all, end = (thread + 1) * units / all;
            if (begin < end)
                calls[i].run(&calls[i], begin, end);
        }
    }
}

/* ---- functions of one number, written so that the compiler vectorises them ---- */

static inline float as_float(int bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* e^x = 2^n e^r with |r| <= ln 2 / 2, and e^r by its Taylor series up to r^7 (error below 1e-8). */
static inline float exponential(float x)
{
    float clamped = x < -104.0f ? -104.0f : x > 88.8f ? 88.8f : x; /* nan stays nan */
    float n = rintf(clamped * 1.44269504f);
    float r = fmaf(n, -0.693359375f, clamped);
    r = fmaf(n, 2.12194440e-4f, r); /* ln 2 in two parts, the first one exact */
    float p = 1.98412698e-4f;
    p = fmaf(p, r, 1.38888889e-3f);
    p = fmaf(p, r, 8.33333333e-3f);
    p = fmaf(p, r, 4.16666667e-2f);
    p = fmaf(p, r, 1.66666667e-1f);
    p = fmaf(p, r, 0.5f);
    p = fmaf(p, r, 1.0f);
    p = fmaf(p, r, 1.0f);
    int power = (int)n; /* from -150 to 128, beyond the range of a float's exponent: in two halves */
    int half = power >> 1;
    return p * as_float((half + 127) << 23) * as_float((power - half + 127) << 23);
}

static inline float sigmoid(float x)
{
    return 1.0f / (1.0f + exponential(-x));
}

/* By e^2x, and near 0, where that would cancel, by the polynomial of Cephes' tanhf. */
static inline float hyperbolic_tangent(float x)
{
    float size = fabsf(x), z = x * x;
    float series = -5.70498872745e-3f;
    series = fmaf(series, z, 2.06390887954e-2f);
    series = fmaf(series, z, -5.37397155531e-2f);
    series = fmaf(series, z, 1.33314422036e-1f);
    series = fmaf(series, z, -3.33332819422e-1f);
    series = fmaf(series * z, x, x);
    float far = 1.0f - 2.0f / (exponential(2.0f * size) + 1.0f);
    return size < 0.625f ? series : copysignf(far, x);
}

/* ---- element by element ----
 *
 * numbers: blocks, rows of a block, columns; then by block, by row and by column the strides of y, a, b
 * and c. The expression is y = f(a, b, c) with the scalar s. Contiguous columns, and operands that are
 * constant in a row, have strides that are compile-time constants. Threads divide the rows of all
 * blocks, or the columns of a single row.
 */

#define LOOP(EXPRESSION, YS, AS, BS, CS)                                                               \
    _Pragma("omp simd") for (long i = first; i < last; i++)                                            \
    {                                                                                                  \
        float a = A[i * (AS)], b = B[i * (BS)], c = C[i * (CS)];                                       \
        (void)a, (void)b, (void)c;                                                                     \
        Y[i * (YS)] = (EXPRESSION);                                                                    \
    }

#define ELEMENTWISE(NAME, EXPRESSION)                                                                  \
    void each_##NAME(const call *this, long begin, long end)                                           \
    {                                                                                                  \
        const long *n = this->numbers, rows = n[1], alone = n[0] * rows == 1;                          \
        const float s = this->scalars[0];                                                              \
        (void)s;                                                                                       \
        const long first = alone ? begin : 0, last = alone ? end : n[2];                               \
        const long ys = n[11], as = n[12], bs = n[13], cs = n[14];                                     \
        for (long unit = alone ? 0 : begin; unit < (alone ? 1 : end); unit++) {                        \
            const long block = unit / rows, row = unit % rows;                                         \
            float *Y = this->tensors[0] + block * n[3] + row * n[7];                                   \
            const float *A = this->tensors[1] + block * n[4] + row * n[8];                             \
            const float *B = this->tensors[2] + block * n[5] + row * n[9];                             \
            const float *C = this->tensors[3] + block * n[6] + row * n[10];                            \
            if (ys == 1 && as == 1 && bs == 1 && cs == 1)                                              \
                LOOP(EXPRESSION, 1, 1, 1, 1)                                                           \
            else if (ys == 1 && as == 1 && bs == 0 && cs == 0)                                         \
                LOOP(EXPRESSION, 1, 1, 0, 0)                                                           \
            else if (ys == 1 && as == 1 && bs == 1 && cs == 0)                                         \
                LOOP(EXPRESSION, 1, 1, 1, 0)                                                           \
            else if (ys == 1 && as == 1 && bs == 0 && cs == 1)                                         \
                LOOP(EXPRESSION, 1, 1, 0, 1)                                                           \
            else                                                                                       \
                LOOP(EXPRESSION, ys, as, bs, cs)                                                       \
        }                                                                                              \
    }

ELEMENTWISE(copy, a)
ELEMENTWISE(fill, s)
ELEMENTWISE(neg, -a)
ELEMENTWISE(exp, exponential(a))
ELEMENTWISE(sqrt, sqrtf(a))
ELEMENTWISE(rsqrt, 1.0f / sqrtf(a))
ELEMENTWISE(reciprocal, 1.0f / a)
ELEMENTWISE(sigmoid, sigmoid(a))
ELEMENTWISE(tanh, hyperbolic_tangent(a))
ELEMENTWISE(clamp_min, a < s ? s : a) /* nan stays nan */
ELEMENTWISE(add, a + s * b)
ELEMENTWISE(mul, a * b)
ELEMENTWISE(div, a / b)
ELEMENTWISE(addcmul, a + s * b * c)
ELEMENTWISE(lerp, a + c * (b - a))
ELEMENTWISE(threshold_backward, b <= s ? 0.0f : a)
ELEMENTWISE(sigmoid_backward, a * b * (1.0f - b))
ELEMENTWISE(tanh_backward, a * (1.0f - b * b))

/* ---- sums ----
 *
 * weighted_sums: y[r] = sum over i of a[r, i] x[i]; numbers: rows, columns, stride of y, strides by
 * row and column of a, stride of x. Threads divide the rows.
 */
void weighted_sums(const call *this, long begin, long end)
{
    const long *n = this->numbers;
    const float *x = this->tensors[2];
    for (long row = begin; row < end; row++) {
        const float *a = this->tensors[1] + row * n[3];
        float sum = 0;
        if (n[4] == 1 && n[5] == 1) {
#pragma omp simd reduction(+ : sum)
            for (long i = 0; i < n[1]; i++)
                sum += a[i] * x[i];
        } else {
#pragma omp simd reduction(+ : sum)
            for (long i = 0; i < n[1]; i++)
                sum += a[i * n[4]] * x[i * n[5]];
        }
        this->tensors[0][row * n[2]] = sum;
    }
}

/* sums: y[b, r] = sum over i and j of a[b, r, i, j]; numbers: blocks, rows of a block, lengths of i and j;
 * strides by block and row of y; strides of a. Threads divide the rows of all blocks. */
void sums(const call *this, long begin, long end)
{
    const long *n = this->numbers;
    for (long unit = begin; unit < end; unit++) {
        const long block = unit / n[1], row = unit % n[1];
        float all = 0;
        for (long i = 0; i < n[2]; i++) {
            const float *a = this->tensors[1] + block * n[6] + row * n[7] + i * n[8];
            float sum = 0;
            if (n[9] == 1) {
#pragma omp simd reduction(+ : sum)
                for (long j = 0; j < n[3]; j++)
                    sum += a[j];
            } else {
#pragma omp simd reduction(+ : sum)
                for (long j = 0; j < n[3]; j++)
                    sum += a[j * n[9]];
            }
            all += sum;
        }
        this->tensors[0][block * n[4] + row * n[5]] = all;
    }
}

/* ---- classes of samples ----
 *
 * numbers: outer samples, samples, classes; strides by outer, sample and class of x; by outer and
 * sample (and class) of y. Threads divide the samples; the innermost loop runs over samples.
 */
void log_softmax(const call *this, long begin, long end)
{
    const long *n = this->numbers;
    long classes = n[2], by_sample = n[4], by_class = n[5], y_by_sample = n[7], y_by_class = n[8];
    for (long unit = begin; unit < end;) {
        long outer = unit / n[1], first = unit % n[1];
        enum { SIDE_BY_SIDE = 64 };
        long count = n[1] - first;
        count = count > end - unit ? end - unit : count;
        count = count > SIDE_BY_SIDE ? SIDE_BY_SIDE : count;
        const float *x = this->tensors[1] + outer * n[3] + first * by_sample;
        float *y = this->tensors[0] + outer * n[6] + first * y_by_sample;
        float maximum[SIDE_BY_SIDE], sum[SIDE_BY_SIDE];
        for (long i = 0; i < count; i++)
            maximum[i] = x[i * by_sample], sum[i] = 0;
        for (long k = 1; k < classes; k++)
            for (long i = 0; i < count; i++) {
                float score = x[i * by_sample + k * by_class];
                maximum[i] = score > maximum[i] ? score : maximum[i];
            }
        for (long k = 0; k < classes; k++) {
#pragma omp simd
            for (long i = 0; i < count; i++)
                sum[i] += exponential(x[i * by_sample + k * by_class] - maximum[i]);
        }
        for (long i = 0; i < count; i++)
            maximum[i] += logf(sum[i]);
        for (long k = 0; k < classes; k++)
            for (long i = 0; i < count; i++)
                y[i * y_by_sample + k * y_by_class] = x[i * by_sample + k * by_class] - maximum[i];
        unit += count;
    }
}

/* With an index out of range gather gives nan, and scatter_add adds nothing. */

/* y[i] = x[i, t[i]]; numbers: outer samples, samples; strides by outer and by sample of y, x and t; by
 * class of x; classes. */
void gather(const call *this, long begin, long end)
{
    const long *n = this->numbers, *t = (const long *)this->tensors[2];
    for (long unit = begin; unit < end; unit++) {
        long o = unit / n[1], i = unit % n[1], index = t[o * n[6] + i * n[7]];
        const float *x = this->tensors[1] + o * n[4] + i * n[5];
        this->tensors[0][o * n[2] + i * n[3]] = 0 <= index && index < n[9] ? x[index * n[8]] : NAN;
    }
}

/* y[i, t[i]] += a[i]; numbers: the same for y, a and t; by class of y; classes. */
void scatter_add(const call *this, long begin, long end)
{
    const long *n = this->numbers, *t = (const long *)this->tensors[2];
    for (long unit = begin; unit < end; unit++) {
        long o = unit / n[1], i = unit % n[1], index = t[o * n[6] + i * n[7]];
        float *y = this->tensors[0] + o * n[2] + i * n[3];
        if (0 <= index && index < n[9])
            y[index * n[8]] += this->tensors[1][o * n[4] + i * n[5]];
    }
}

/* y[i] = x[t[i]], whole samples of any type; numbers: bytes of a sample, samples of x. */
void index_select(const call *this, long begin, long end)
{
    const long *n = this->numbers, *t = (const long *)this->tensors[2];
    for (long i = begin; i < end; i++) {
        char *y = (char *)this->tensors[0] + i * n[0];
        if (0 <= t[i] && t[i] < n[1])
            memcpy(y, (const char *)this->tensors[1] + t[i] * n[0], n[0]);
        else
            memset(y, 0xff, n[0]); /* nan, or -1 */
    }
}

/* y[i] = values[x[t[i]]], by channel; numbers: bytes of a sample, samples of x, channels. */
void look_up(const call *this, long begin, long end)
{
    const long *n = this->numbers, *t = (const long *)this->tensors[3];
    const float *values = this->tensors[2];
    for (long i = begin; i < end; i++) {
        const unsigned char *x = (const unsigned char *)this->tensors[1] + t[i] * n[0];
        float *y = this->tensors[0] + i * n[0];
        if (t[i] < 0 || t[i] >= n[1])
            for (long j = 0; j < n[0]; j++)
                y[j] = NAN;
        else if (n[2] == 1)
            for (long j = 0; j < n[0]; j++)
                y[j] = values[x[j]];
        else
            for (long j = 0; j < n[0]; j += n[2])
                for (long channel = 0; channel < n[2]; channel++)
                    y[j + channel] = values[256 * channel + x[j + channel]];
    }
}

/* ---- products of matrices ----
 *
 * Y = A B, or S + A B, for each of several matrices, stored as BLAS takes them: Y (m, n) by columns,
 * A (m, k) and B (k, n) by columns or transposed. Threads divide the columns of Y of all matrices.
 *
 * numbers: m, n, k; for Y, A and B the distance from column to column (of a transposed matrix: from
 * row to row); whether A and B are transposed; for Y, A and B the distance from matrix to matrix; for S
 * the strides by row, column and matrix. scalars: initial value of Y, see the enum; number of matrices,
 * which `sum_of_products` sums into one Y.
 */
enum { FROM_ZERO, FROM_ITSELF, FROM_S };

typedef void sgemm(const char *transposed_a, const char *transposed_b, const int *m, const int *n,
                   const int *k, const float *alpha, const float *a, const int *lda, const float *b,
                   const int *ldb, const float *beta, float *y, const int *ldy);

static sgemm *blas;

void use_blas(sgemm *function)
{
    blas = function;
}

/* Columns of one Y. */
static void columns_of_product(const call *this, long matrix, long column, long count, float beta)
{
    const long *n = this->numbers;
    const float one = 1.0f;
    const int m = n[0], columns = count, k = n[2], ldy = n[3], lda = n[4], ldb = n[5];
    float *y = this->tensors[0] + matrix * n[8] + column * n[3];
    const float *a = this->tensors[1] + matrix * n[9];
    const float *b = this->tensors[2] + matrix * n[10] + column * (n[7] ? 1 : n[5]);
    blas(n[6] ? "T" : "N", n[7] ? "T" : "N", &m, &columns, &k, &one, a, &lda, b, &ldb, &beta, y, &ldy);
}

static void start_from_s(const call *this, long matrix, long column, long count)
{
    const long *n = this->numbers;
    for (long j = column; j < column + count; j++) {
        float *y = this->tensors[0] + matrix * n[8] + j * n[3];
        const float *s = this->tensors[3] + matrix * n[13] + j * n[12];
        for (long i = 0; i < n[0]; i++)
            y[i] = s[i * n[11]];
    }
}

void products(const call *this, long begin, long end)
{
    const long n = this->numbers[1];
    const int start = this->scalars[0];
    for (long unit = begin; unit < end;) {
        long matrix = unit / n, column = unit % n;
        long count = n - column < end - unit ? n - column : end - unit;
        if (start == FROM_S)
            start_from_s(this, matrix, column, count);
        columns_of_product(this, matrix, column, count, start == FROM_ZERO ? 0.0f : 1.0f);
        unit += count;
    }
}

void sum_of_products(const call *this, long begin, long end)
{
    const long matrices = this->scalars[1];
    for (long matrix = 0; matrix < matrices; matrix++)
        columns_of_product(this, matrix, begin, end - begin,
                           matrix || this->scalars[0] != FROM_ZERO ? 1.0f : 0.0f);
}

/* ---- the update of Adam, in one pass over memory ----
 *
 * See training/optimizers/adam.py for the formula. tensors: weights, gradient, both moments, the number
 * of the step (float), the learning rate (double); scalars: beta1, beta2, epsilon.
 */
void adam(const call *this, long begin, long end)
{
    const double beta1 = this->scalars[0], beta2 = this->scalars[1], step = *this->tensors[4];
    const double rate = *(const double *)this->tensors[5];
    const float new1 = 1 - beta1, kept2 = beta2, new2 = 1 - beta2, epsilon = this->scalars[2];
    const float length = rate / (1 - pow(beta1, step)), scale = 1 / sqrt(1 - pow(beta2, step));
    float *restrict w = this->tensors[0], *restrict m = this->tensors[2], *restrict v = this->tensors[3];
    const float *restrict g = this->tensors[1];
#pragma omp simd
    for (long i = begin; i < end; i++) {
        m[i] += new1 * (g[i] - m[i]);
        v[i] = kept2 * v[i] + new2 * g[i] * g[i];
        w[i] -= length * m[i] / (sqrtf(v[i]) * scale + epsilon);
    }
}
