#include <string>
#include <vector>

template <typename T>
T largest(const std::vector<T> &all)
{
	T best;
	for (int i = 0; i < all.size(); i++)
		if (all[i] > best)
			best = all[i];
	return best;
}

struct Shape {
	virtual double area() const { return 0; }
	double scaled(double by) const;
};

struct Square : Shape {
	double area() { return side * side; }
	double side;
};

double Shape::scaled(double by) const
{
	int rounded = by * 1.5;
	char *name = "shape";
	return area() * rounded;
}

int main()
{
	std::vector<int> sizes;
	std::vector<Shape> shapes;
	largest(shapes);
	return largest(sizes);
}
