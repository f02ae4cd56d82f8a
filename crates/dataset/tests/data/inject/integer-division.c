// expect: 6
double mean(int s, int n, double d)
{
	double a = (double)s * n;
	a += (double)d / n;
	return a + (double)s / n;
}
