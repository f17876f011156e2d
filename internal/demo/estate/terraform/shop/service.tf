resource "aws_ecs_cluster" "shop" {
  name = "shop"
}

resource "aws_security_group" "web" {
  name   = "shop-web"
  vpc_id = module.network.vpc_id

  ingress {
    description = "HTTPS"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    description = "SSH for administrators"
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = var.office_cidrs
  }
}

resource "aws_lb" "shop" {
  name            = "shop"
  subnets         = module.network.public_subnet_ids
  security_groups = [aws_security_group.web.id]
}

resource "aws_ecs_service" "shop" {
  name            = "shop"
  cluster         = aws_ecs_cluster.shop.arn
  task_definition = "shop:1"
  desired_count   = 2
  launch_type     = "FARGATE"

  network_configuration {
    subnets          = module.network.public_subnet_ids
    security_groups  = [aws_security_group.web.id]
    assign_public_ip = true
  }

  load_balancer {
    target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop/0123456789abcdef"
    container_name   = "web"
    container_port   = 8080
  }

  tags = { Environment = "production" }
}

resource "aws_s3_bucket" "legacy" {
  bucket_prefix = "shop-legacy-"
}

resource "aws_s3_bucket_acl" "legacy" {
  bucket = aws_s3_bucket.legacy.id
  acl    = var.legacy_bucket_acl
}

resource "aws_s3_bucket" "images" {
  bucket_prefix = "shop-images-"
}

data "aws_iam_policy_document" "images" {
  statement {
    sid       = "PublicImages"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.images.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "images" {
  bucket = aws_s3_bucket.images.id
  policy = data.aws_iam_policy_document.images.json
}

resource "aws_iam_user" "deployer" {
  name = "shop-deployer"
}

resource "aws_iam_access_key" "deployer" {
  user = aws_iam_user.deployer.name
}

resource "aws_iam_user_policy" "deployer" {
  user = aws_iam_user.deployer.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "*"
      Resource = "*"
    }]
  })
}
