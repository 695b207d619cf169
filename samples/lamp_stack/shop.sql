-- The database of samples/lamp_stack.yaml, for MySQL or MariaDB:
--
--     mariadb < samples/lamp_stack/shop.sql
--
-- Everybody and everything in it is made up, or from a range that is kept free for
-- examples; see samples/shop/README.md. Whatever was called lantern_loom is replaced.

DROP DATABASE IF EXISTS lantern_loom;
CREATE DATABASE lantern_loom CHARACTER SET utf8mb4;
USE lantern_loom;

CREATE TABLE customers (
  id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
  full_name VARCHAR(80) NOT NULL COMMENT 'as on the parcel',
  email VARCHAR(120) NOT NULL UNIQUE,
  phone VARCHAR(30),
  date_of_birth DATE,
  street VARCHAR(120),
  city VARCHAR(60),
  newsletter BOOLEAN NOT NULL DEFAULT FALSE,
  email_domain VARCHAR(120) AS (SUBSTRING_INDEX(email, '@', -1)) STORED
);

INSERT INTO customers (full_name, email, phone, date_of_birth, street, city, newsletter)
VALUES
  ('Amara Okafor', 'amara.okafor@example.com', '+44 20 7946 0101', '1988-04-17',
   '4 Weaver''s Yard', 'Northport', TRUE),
  ('Tove Lindqvist', 't.lindqvist@example.org', '+1 202 555 0117', '1993-11-02',
   'Lyktgränd 7', 'Södervik', FALSE),
  ('Jonas Becker', 'jonas.becker@example.net', '+49 30 23125 014', '1979-07-30',
   'Webergasse 12', 'Altstadt', TRUE),
  ('Léa Moreau', 'lea.moreau@example.com', '+33 1 99 00 12 34', NULL,
   '3 rue des Lampistes', 'Vieuxpont', FALSE);

CREATE TABLE orders (
  id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
  customer_id INT UNSIGNED NOT NULL,
  placed_at DATETIME NOT NULL,
  total DECIMAL(9, 2) NOT NULL,
  delivery_note TEXT,
  FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO orders (customer_id, placed_at, total, delivery_note) VALUES
  (1, '2026-03-12 08:15:39', 89.00, 'Ring twice, the bell is weak'),
  (2, '2026-03-12 10:22:51', 240.50, NULL),
  (1, '2026-04-01 17:02:10', 19.90, 'Leave it with the neighbour'),
  (4, '2026-04-03 09:44:00', 54.50, 'Call +33 1 99 00 12 34 before delivery');

CREATE TABLE payments (
  order_id INT UNSIGNED NOT NULL,
  attempt TINYINT UNSIGNED NOT NULL,
  method ENUM('card', 'transfer') NOT NULL,
  card_number VARCHAR(19),
  iban VARCHAR(34),
  paid_at DATETIME,
  PRIMARY KEY (order_id, attempt)
);

INSERT INTO payments VALUES
  (1, 1, 'card', '4111111111111111', NULL, '2026-03-12 08:15:41'),
  (2, 1, 'card', '5555555555554444', NULL, NULL),
  (2, 2, 'transfer', NULL, 'SE45 5000 0000 0583 9825 7466', '2026-03-14 00:00:00'),
  (3, 1, 'transfer', NULL, 'GB29 NWBK 6016 1331 9268 19', '2026-04-02 00:00:00');

CREATE TABLE employees (
  id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
  full_name VARCHAR(80) NOT NULL,
  work_email VARCHAR(120) NOT NULL,
  job_title VARCHAR(60) NOT NULL,
  salary DECIMAL(9, 2) NOT NULL,
  sick_leave_note TEXT,
  photo BLOB
);

INSERT INTO employees
  (full_name, work_email, job_title, salary, sick_leave_note, photo)
VALUES
  ('Zofia Nowak', 'zofia@example.com', 'Warehouse lead', 31000.00,
   'Back surgery in March, doctor''s letter of 2 March', 0x89504E470D0A1A0A),
  ('Dafydd Pryce', 'dafydd@example.com', 'Customer support', 27500.00, NULL, NULL);

CREATE TABLE `support tickets` (
  ticket CHAR(8) PRIMARY KEY,
  opened_by VARCHAR(120) NOT NULL,
  client_ip VARCHAR(45),
  message TEXT NOT NULL
);

INSERT INTO `support tickets` VALUES
  ('T-100231', 'amara.okafor@example.com', '192.0.2.15',
   'The lamp arrived broken. Please refund my card.'),
  ('T-100232', 'jonas.becker@example.net', '2001:db8:85a3::8a2e:370:7334',
   'Please delete my account and all of my data.');

CREATE TABLE login_attempts (
  at DATETIME NOT NULL,
  email VARCHAR(120) NOT NULL,
  client_ip VARCHAR(45) NOT NULL,
  password_hash VARCHAR(80),
  succeeded BOOLEAN NOT NULL
);

INSERT INTO login_attempts VALUES
  ('2026-03-12 09:13:02', 'old.address@example.net', '203.0.113.77', NULL, FALSE),
  ('2026-03-12 09:30:12', 't.lindqvist@example.org', '198.51.100.23', NULL, TRUE);

CREATE VIEW newsletter_recipients AS
  SELECT full_name, email FROM customers WHERE newsletter;
