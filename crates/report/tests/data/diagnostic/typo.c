struct point { int left, top; };

int area(struct point *p)
{
	int width = p.left;
	return width * p->topp + undeclared;
}

int twice(int n)
{
	return n * 2
}
